#!/usr/bin/env python3
"""Prints the nanoseconds of processor time a row that numpy's busday_offset takes, whole array, one core.

    business_time_numpy.py BUSINESS_DAYS

1M random dates over ten years, 30 holidays a year, as business_time.sql has them.
"""
import sys
import time

import numpy

count = int(sys.argv[1])
first = numpy.datetime64('2020-01-01')
dates = first + numpy.random.default_rng(1).integers(0, 3652, 1000000)
calendar = numpy.busdaycalendar(holidays=first + numpy.arange(0, 304) * 12)
best = float('inf')
for _ in range(7):
    started = time.process_time_ns()
    numpy.busday_offset(dates, count, roll='forward', busdaycal=calendar)
    best = min(best, time.process_time_ns() - started)
print(round(best / len(dates), 1))
