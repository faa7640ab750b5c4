// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "imagepacker/result.h"

// Hand a failure on to the caller:
//   IP_TRY(status_expression);
//   IP_ASSIGN(auto plan, ConversionPlan::create(...));

#define IP_CONCAT_INNER(a, b) a##b
#define IP_CONCAT(a, b) IP_CONCAT_INNER(a, b)

#define IP_TRY(expression)                                       \
  do {                                                           \
    if (auto ip_status = (expression); !ip_status.has_value()) { \
      return std::move(ip_status).error();                       \
    }                                                            \
  } while (false)

#define IP_ASSIGN_INNER(result, declaration, expression) \
  auto result = (expression);                            \
  if (!result.has_value()) {                             \
    return std::move(result).error();                    \
  }                                                      \
  declaration = std::move(result).value()

#define IP_ASSIGN(declaration, expression) IP_ASSIGN_INNER(IP_CONCAT(ip_result_, __LINE__), declaration, expression)
