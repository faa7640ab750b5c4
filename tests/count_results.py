# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: count_results.py EXIT_STATUS LOG...

Prints "N passed, N failed" (", N skipped" when there are some) for the runs of `meson test` whose reports are LOG.json
and LOG.junit.xml, counting the cases inside a test program. Fails when one failed, when none ran, or when EXIT_STATUS,
what meson test ended with, says that something is wrong.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {"OK", "SKIP", "EXPECTEDFAIL", "IGNORED"}


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun":
        return "skipped"
    return "passed"


def count(log):
    """Outcomes of all cases of a run. A program that crashed or ran out of time is one failure if no case of it is."""
    outcomes = {}  # test program -> outcomes of its cases
    for suite in ElementTree.parse(f"{log}.junit.xml").getroot():
        for case in suite.iter("testcase"):
            outcomes.setdefault((suite.get("name"), case.get("name")), []).append(outcome(case))
    with open(f"{log}.json", encoding="utf-8") as lines:
        for line in lines:
            test = json.loads(line)
            name = test["name"]
            if test["result"] in GOOD:
                continue
            cases = [key for key in outcomes if key[1] == name or f"{name}." in key[0]]
            if not any("failed" in outcomes[key] for key in cases):
                outcomes[(name, name)] = ["failed"]
                for key in cases:
                    if key[1] == name:  # a program without cases, reported as passed when its time was over
                        outcomes[key] = ["failed"]
                        del outcomes[(name, name)]
                        break
    return [result for results in outcomes.values() for result in results]


def main():
    exit_status = int(sys.argv[1])
    results = [result for log in sys.argv[2:] for result in count(log)]
    passed, failed, skipped = (results.count(word) for word in ("passed", "failed", "skipped"))
    if exit_status != 0 and failed == 0:
        print(f"meson test ended with status {exit_status} though no test failed: counted as a failure")
        failed = 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
