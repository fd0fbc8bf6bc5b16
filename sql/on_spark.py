"""Asks a chunk trace on Apache Spark: spark-submit sql/on_spark.py TRACE sql/dedup.sql > dedup.csv

The trace may lie wherever Spark reads: a path, hdfs://, s3a://. The answer is CSV with a row of names; answers of several
files are parted by an empty line.
"""

import csv
import sys

from pyspark.sql import SparkSession

if len(sys.argv) < 3:
    sys.exit("usage: spark-submit on_spark.py TRACE FILE.sql...")
trace, *queries = sys.argv[1:]
spark = SparkSession.builder.appName("ocibench").getOrCreate()
for table in ("chunks", "images", "chunkers", "paths"):
    spark.read.parquet(f"{trace}/{table}").createOrReplaceTempView(table)
rows = csv.writer(sys.stdout, lineterminator="\n")
for number, query in enumerate(queries):
    with open(query, encoding="utf-8") as file:
        answer = spark.sql(file.read())
    if number > 0:
        print()
    rows.writerow(answer.columns)
    for row in answer.toLocalIterator():
        rows.writerow(row)
spark.stop()
