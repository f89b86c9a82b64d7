#!/bin/sh
# Before anything else starts: Airflow's tables, its administrator, and the warehouse. Safe to run again.
set -eu

airflow db migrate
airflow fab-db migrate

# an administrator who is there already keeps the password that he has; = since one may begin with -
airflow users create --role Admin --username admin --firstname Rollcall --lastname Admin \
    --email admin@rollcall.invalid --password="$ROLLCALL_AIRFLOW_PASSWORD"

rollcall prepare
