{#-
    Which rows of an heir are records of the office that it took over: rows *told* by the heir `taken.heir_key`, of the
    office `taken.office_key`.
-#}

{#-
    An event, when the row names the office as its organiser. Any record, when the office knows its number, in the same
    month, and the heir did not tell of it before it took over: then it is the heir's own.
-#}
{% macro is_told_by_heir(dataset, record) -%}
    {%- if dataset == 'events' -%}
    (
        told.named_key = taken.office_key
        or (
            told.named_key = told.reporter_key
            and {{ is_number_of_the_other(record, ['event_no'], ' and {row}.named_key = {row}.reporter_key') | indent(12) }}
        )
    )
    {%- elif dataset == 'services' -%}
    {{ is_service_of_the_other(record) }}
    {%- elif dataset == 'registrations' -%}
    {{ is_number_of_the_other(record, ['volunteer_no']) }}
    {%- else -%}
    {{ is_number_of_the_other(record, record['keys']) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_number_of_the_other(record, keys, condition='') -%}
    exists (
        select 1
        from {{ ref(record.reported) }} as known
        where
            taken.office_key = known.reporter_key
            and {{ is_same_number(record, keys, 'known') }}{{ condition.format(row='known') }}
    )
    and not exists (
        select 1
        from {{ ref(record.reported) }} as own
        where
            told.reporter_key = own.reporter_key
            and own.period < taken.heard_from
            and {{ is_same_number(record, keys, 'own') }}{{ condition.format(row='own') }}
    )
{%- endmacro %}

{% macro is_same_number(record, keys, other) -%}
    {%- for key in keys -%}
    {%- if not loop.first %} and {% endif -%}
    told.{{ key }} = {{ other }}.{{ key }}
    {%- endfor -%}
    {%- if record.day %} and {{ month_of('told.' ~ record.day) }} = {{ month_of(other ~ '.' ~ record.day) }}{% endif -%}
{%- endmacro %}

{#-
    A service on a day on which the office stood: of a volunteer of its register, or told of by it before; of one whom
    nobody registered, when it organised the event. Whom the heir registered itself serves for the heir.
-#}
{% macro is_service_of_the_other(record) -%}
    told.served_on <= taken.ended_on
    and not exists (
        select 1
        from {{ ref('stg_submissions__registrations') }} as own
        where
            told.reporter_key = own.reporter_key
            and told.volunteer_no = own.volunteer_no
            and own.period < taken.heard_from
    )
    and not exists (
        select 1
        from {{ ref(record.reported) }} as own
        where
            told.reporter_key = own.reporter_key
            and {{ is_same_record(record, 'told', 'own') | indent(12) }}
            and own.period < taken.heard_from
    )
    and (
        told.organiser_key = taken.office_key
        or exists (
            select 1
            from {{ ref('stg_submissions__registrations') }} as known
            where taken.office_key = known.reporter_key and told.volunteer_no = known.volunteer_no
        )
        or exists (
            select 1
            from {{ ref(record.reported) }} as known
            where
                taken.office_key = known.reporter_key
                and {{ is_same_record(record, 'told', 'known') | indent(16) }}
        )
    )
{%- endmacro %}
