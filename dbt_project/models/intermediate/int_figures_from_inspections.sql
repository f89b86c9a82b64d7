{{ daily_flows(ref('fct_inspections'), 'inspected_on', indicators_of_records()['inspections']['inspected_on']) }}
