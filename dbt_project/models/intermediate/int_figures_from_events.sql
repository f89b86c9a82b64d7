{{ daily_flows(ref('fct_events'), 'started_on', indicators_of_records()['events']['started_on'], 'is_organiser') }}
