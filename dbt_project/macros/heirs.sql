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
    (told.named_key = taken.office_key or ({{ is_number_of_the_other(record, ['event_no', 'organiser']) }}))
    {%- elif dataset == 'services' -%}
    {{ is_service_of_the_other(record) }}
    {%- elif dataset == 'registrations' -%}
    {{ is_number_of_the_other(record, ['volunteer_no']) }}
    {%- else -%}
    {{ is_number_of_the_other(record, record['keys']) }}
    {%- endif -%}
{%- endmacro %}

{#- What the office itself knows of one that it took over in its turn is that one's. -#}
{% macro is_number_of_the_other(record, keys) -%}
    exists (
        select 1
        from {{ ref(record.reported) }} as known
        where
            taken.office_key = known.reporter_key
            and {{ is_same_number(record, keys, 'known') | indent(12) }}
            and not exists (
                select 1
                from {{ ref('int_offices_taken_over') }} as earlier
                inner join {{ ref(record.reported) }} as first on earlier.office_key = first.reporter_key
                where
                    known.reporter_key = earlier.heir_key
                    and known.period >= earlier.heard_from
                    and {{ is_same_number(record, keys, 'first') | indent(20) }}
            )
    )
    and not exists (
        select 1
        from {{ ref(record.reported) }} as own
        where
            told.reporter_key = own.reporter_key
            and own.period < taken.heard_from
            and {{ is_same_number(record, keys, 'own') | indent(12) }}
    )
{%- endmacro %}

{#- Of two offices: an event that each organised itself may be one. -#}
{% macro is_same_number(record, keys, other) -%}
    {%- for key in keys -%}
    {%- if not loop.first %}
    and {% endif -%}
    {%- if key == 'organiser' -%}
    {{ organiser_owned('told', "'itself'") }} = {{ organiser_owned(other, "'itself'") }}
    {%- else -%}
    told.{{ key }} = {{ other }}.{{ key }}
    {%- endif -%}
    {%- endfor -%}
    {%- if record.day %}
    and {{ month_of('told.' ~ record.day) }} = {{ month_of(other ~ '.' ~ record.day) }}
    {%- endif -%}
{%- endmacro %}

{#-
    A service, when the office organised the event, or told of it before; and on a day on which the office stood, when the
    volunteer is on its register and not on the heir's own. Not what the heir told of before it took over, nor whom it
    alone registered.
-#}
{% macro is_service_of_the_other(record) -%}
    not exists (
        select 1
        from {{ ref(record.reported) }} as own
        where
            told.reporter_key = own.reporter_key
            and {{ is_same_record(record, 'told', 'own') | indent(12) }}
            and own.period < taken.heard_from
    )
    and (
        {{ is_registered_at('taken.office_key') | indent(8) }}
        or not {{ is_registered_at('told.reporter_key') | indent(8) }}
    )
    and (
        told.organiser_key = taken.office_key
        or exists (
            select 1
            from {{ ref(record.reported) }} as known
            where
                taken.office_key = known.reporter_key
                and {{ is_same_record(record, 'told', 'known') | indent(16) }}
        )
        or (
            told.served_on <= taken.ended_on
            and {{ is_registered_at('taken.office_key') | indent(12) }}
            and not {{ is_registered_at('told.reporter_key', 'registered.period < taken.heard_from') | indent(12) }}
        )
    )
{%- endmacro %}

{% macro is_registered_at(office_key, condition='true') -%}
    exists (
        select 1
        from {{ ref('stg_submissions__registrations') }} as registered
        where
            {{ office_key }} = registered.reporter_key
            and told.volunteer_no = registered.volunteer_no
            and {{ condition }}
    )
{%- endmacro %}
