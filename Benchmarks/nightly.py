"""The nightly job's vendors and products beside DuckDB and Polars."""

import data
from versus import Job

SOURCES = ["calls", "transactions", "clicks", "vendors", "exchange_rates"]
TABLES = dict.fromkeys(["vendor_connection_analytics", "vendor_weekly", "leads", "product_analytics"])
WHOLE = {
    **TABLES,
    "vendor_connection_analytics": "call_id,session_id,vendor_id,failure_type,call_duration,customer_intent_score,estimated_lost_revenue,"
    "followup_sent,converted_after_followup,created_at,followup_sent_at",
    "vendor_dimension": None,
    "product_dimension": None,
}
SELECTED = "+vendor_connections +product_analytics vendor_dimension product_dimension"
SIZES = {"clicks": 5_000_000, "calls": 1_000_000, "transactions": 1_000_000, "users": 200_000}
SMALL = {"clicks": 100_000, "calls": 30_000, "transactions": 30_000, "users": 4_000}


def run(tools, options):
    """The part's report: clean rows, then rows with defects."""
    reports = [compared(tools, options, planted) for planted in (False, True)]
    return "\n\n".join(text for text, _ in reports), all(is_equal for _, is_equal in reports)


def compared(tools, options, planted):
    inputs = data.generated(tools.nightmill, planted=planted, **(SMALL if options.check else SIZES))
    title = f"The nightly job, {'with planted defects' if planted else 'clean rows'}"
    job = Job(title, "nightly", SOURCES, TABLES, ["--select", SELECTED], whole={"duckdb": WHOLE})
    return job.compared(tools, options, inputs, planted)
