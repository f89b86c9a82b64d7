-- One row per row being built that counts nowhere, or refers to what nobody tells of, without standing in rpt_findings; and
-- one per finding about a row that counts, and whose reference is found. Never silent, and no false alarm.
with touched as (
    select array_agg(distinct submission_id) as submissions
    from {{ source('ledger', 'slices_to_build') }}
),

told as (
    select
        'event_of_participant_only' as finding,
        'events' as dataset,
        entries.submission_id,
        entries.source_sheet,
        entries.source_row,
        bool_or(organised.event_key is not null) as is_found
    from {{ ref('fct_events') }} as entries
    left join {{ ref('fct_events') }} as organised
        on entries.event_key = organised.event_key and organised.office_key = organised.organiser_key
    where entries.submission_id = any(array(select unnest(touched.submissions) from touched))
    group by entries.submission_id, entries.source_sheet, entries.source_row
    {%- for register, listed_in in [('team', 'teams'), ('site', 'sites'), ('project', 'projects')] %}
    union all
    select
        '{{ register }}_unknown' as finding,
        entries.dataset,
        entries.submission_id,
        entries.source_sheet,
        entries.source_row,
        count(own.{{ register }}_key) + count(reporters.{{ register }}_key) > 0 as is_found
    from {{ ref('int_references_to_registers') }} as entries
    {%- for listed, office in [('own', 'office_key'), ('reporters', 'reporter_key')] %}
    left join {{ ref('dim_' ~ listed_in) }} as {{ listed }}
        on
            entries.{{ office }} || '/' || entries.entry_no = {{ listed }}.{{ register }}_key
            and entries.day between {{ listed }}.valid_from and coalesce({{ listed }}.valid_to, entries.day)
    {%- endfor %}
    where
        entries.register = '{{ register }}'
        and entries.submission_id = any(array(select unnest(touched.submissions) from touched))
    group by entries.dataset, entries.submission_id, entries.source_sheet, entries.source_row
    {%- endfor %}
    union all
    select
        'event_unknown' as finding,
        'services' as dataset,
        entries.submission_id,
        entries.source_sheet,
        entries.source_row,
        bool_or(events.event_key is not null) as is_found
    from {{ ref('fct_services') }} as entries
    left join {{ ref('fct_events') }} as events on entries.event_key = events.event_key
    where entries.submission_id = any(array(select unnest(touched.submissions) from touched))
    group by entries.submission_id, entries.source_sheet, entries.source_row
    union all
    select
        'volunteer_unknown' as finding,
        'services' as dataset,
        submission_id,
        source_sheet,
        source_row,
        person_key is not null as is_found
    from {{ ref('fct_services') }}
    where submission_id = any(array(select unnest(touched.submissions) from touched))
),

listed as (
    select
        finding,
        dataset,
        submission_id,
        source_sheet,
        source_row
    from {{ ref('rpt_findings') }}
    where
        submission_id = any(array(select unnest(touched.submissions) from touched))
        and finding in ({{ quoted([
            'event_of_participant_only', 'team_unknown', 'site_unknown', 'project_unknown', 'event_unknown',
            'volunteer_unknown',
        ]) }})
        and dataset <> 'points'
)

select
    finding,
    dataset,
    submission_id,
    source_sheet,
    source_row,
    told.is_found,
    listed.finding is not null as is_listed
from told
full join listed using (finding, dataset, submission_id, source_sheet, source_row)
where coalesce(told.is_found, true) = (listed.submission_id is not null)
