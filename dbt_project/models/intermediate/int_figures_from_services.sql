{{ daily_flows(ref('fct_services'), 'served_on', indicators_of_records()['services']['served_on']) }}
