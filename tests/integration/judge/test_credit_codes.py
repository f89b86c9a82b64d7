"""The check of credit codes in the database, held against python-stdnum where that library knows the rule."""

import random

from stdnum.cn import uscc

from rollcall.warehouse.connection import connect, prepare

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [3**place % 31 for place in range(17)]


def judged(codes: list[str]) -> dict[str, bool]:
    with connect() as connection:
        return dict(
            connection.execute(
                "select code, ledger.credit_code_is_valid(code) from unnest(%s::text[]) as codes (code)",
                [codes],
            ).fetchall()
        )


def completed(body: str) -> str:
    """*body* with the check character that GB 32100-2015 asks for."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[-total % 31]


def bodies(first: str, count: int) -> list[str]:
    chance = random.Random(32100)
    return [
        chance.choice(first) + "".join(chance.choices("0123456789", k=7)) + "".join(chance.choices(ALPHABET, k=9))
        for _ in range(count)
    ]


def test_agrees_with_stdnum_on_codes_of_the_authorities_it_knows(warehouse: str) -> None:
    """Right and wrong check characters alike, among them those where the formula gives 31."""
    codes = [completed(body) for body in bodies("123456789", 400)]
    codes += [body + random.Random(body).choice(ALPHABET) for body in bodies("123456789", 400)]
    found = judged(codes)
    assert found == {code: uscc.is_valid(code) for code in codes}
    assert set(found.values()) == {True, False}
    assert any(code.endswith("0") for code, right in found.items() if right)


def test_accepts_the_authorities_that_stdnum_turns_away(warehouse: str) -> None:
    """N: agriculture, A: the military, Y: others; all in GB 32100, and legal."""
    codes = [completed(body) for first in "NAY" for body in bodies(first, 50)]
    assert not any(uscc.is_valid(code) for code in codes)
    assert all(judged(codes).values())


def test_notices_any_one_character_mistyped(warehouse: str) -> None:
    code = completed("N2620102MF0000001")
    mistyped = [
        code[:place] + character + code[place + 1 :]
        for place in range(18)
        for character in ALPHABET
        if character != code[place]
    ]
    assert judged([code]) == {code: True}
    assert not any(judged(mistyped).values())


def test_refuses_what_is_no_code_at_all(warehouse: str) -> None:
    code = completed("91110000600037341")
    wrong = [
        "",
        "9",
        code[:-1],
        code + "0",
        code.lower(),
        f" {code}",
        f"{code}\n",
        code.replace("9", "９", 1),
        "０" * 18,
    ]
    assert set(judged(wrong).values()) == {False}
    with connect() as connection:
        assert connection.execute("select ledger.credit_code_is_valid(null)").fetchone() == (None,)


def test_preparing_again_keeps_the_function(warehouse: str) -> None:
    prepare()
    code = completed("Y1620102MF0000001")
    assert judged([code]) == {code: True}
