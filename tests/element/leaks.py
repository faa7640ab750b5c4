#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""usage: leaks.py TEST_PROGRAM

Runs the program under GStreamer's leaks tracer; fails when objects outlive gst_deinit or the program fails.
"""
import os
import subprocess
import sys

environment = dict(os.environ, GST_TRACERS='leaks', GST_DEBUG='GST_TRACER:7', GST_DEBUG_NO_COLOR='1')
environment.pop('GST_DEBUG_FILE', None)
run = subprocess.run(sys.argv[1:], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                     errors='replace', check=False)
# The tracer describes its records when it begins; those with a type name are objects.
lines = run.stderr.splitlines()
alive = [line for line in lines if 'object-alive, type-name=(string)Gst' in line or
         'object-alive, type-name=(string)ImagePacker' in line]
if not any('object-alive' in line for line in lines):
    sys.exit('the leaks tracer did not run')
for line in alive:
    print(line[line.index('object-alive'):], file=sys.stderr)
if run.returncode != 0:
    print(f'{sys.argv[1]} ended with {run.returncode}', file=sys.stderr)
sys.exit(1 if alive or run.returncode != 0 else 0)
