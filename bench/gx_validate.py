"""Validates a CSV file against a suite with Great Expectations 1.x, as its users do.

usage: gx_validate.py SUITE.json FILE.csv; the exit status is 0 where all expectations hold.
"""
import json
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import great_expectations as gx

context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_pandas("files").add_csv_asset("orders", filepath_or_buffer=sys.argv[2])
batch = asset.add_batch_definition_whole_dataframe("all") if hasattr(
    asset, "add_batch_definition_whole_dataframe") else asset.add_batch_definition("all")
suite = gx.ExpectationSuite(name="orders")
for item in json.load(open(sys.argv[1]))["expectations"]:
    name = "".join(word.capitalize() for word in item["type"].split("_"))
    suite.add_expectation(getattr(gx.expectations, name)(**item["kwargs"]))
# Not through a ValidationDefinition: 1.24 cannot store the numpy.bool that pandas 3 gives it.
result = batch.get_batch().validate(suite, result_format="SUMMARY")
for one in result.results:
    if not one.success:
        print(one, file=sys.stderr)
sys.exit(0 if result.success else 1)
