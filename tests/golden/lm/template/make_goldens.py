#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders the templates of this folder with transformers' own set-up of jinja2: the reference of tst_lm_template.

    pip install transformers==5.24.0 jinja2==3.1.6
    make_goldens.py [--gguf FILE]

The templates are written for these tests in the constructs of the Llama-3, Qwen2.5, Qwen3 and SmolLM2 families. real.json
is written with --gguf (needs the package gguf).
"""
import argparse
import datetime
import json
import pathlib

import jinja2
from transformers.utils.chat_template_utils import _compile_jinja_template

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2025, 3, 9, 8, 5, 7)
SYSTEM = {"role": "system", "content": "  Be brief.\n"}
HELLO = {"role": "user", "content": " Hello <b>\"you\"</b> & 'me' \n"}
ANSWER = {"role": "assistant", "content": "안녕하세요 😀"}
THOUGHT = {"role": "assistant", "content": "<think>\nhm\n</think>\n\nSeoul."}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": {
    "name": "weather", "arguments": {"city": "서울", "days": 3, "deep": {"a": [1, 2.5, None, True], "b": {}}}}}]}
RESULT = {"role": "tool", "name": "weather", "content": "{\"temp\": 21}"}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Weather <of> a \"city\"", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 1}}, "required": ["city"]}}},
    {"type": "function", "function": {"name": "noop", "parameters": {}}}]
PARTS = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What is it?"}]}
CHATS = [[HELLO], [SYSTEM, HELLO], [SYSTEM, HELLO, ANSWER, HELLO], [HELLO, THOUGHT, HELLO], [HELLO, THOUGHT],
         [SYSTEM, HELLO, CALL, RESULT], [HELLO, CALL, RESULT, RESULT, ANSWER, HELLO], [PARTS], [], [dict(ANSWER, stop=True), HELLO],
         [{"role": "user"}], [{"role": "tool", "content": {"a": 1}}, HELLO]]
VARIABLES = {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}
FILES = ["llama3", "llama31", "qwen25", "qwen3", "smollm2", "parts"]

# Template and variables of one construct each.
SNIPPETS = [
    ("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 1.5 + 1 }} {{ -2 ** 2 }}", {}),
    ("{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1, 'x'] ~ {'k': 'v'} ~ missing }}", {}),
    ("{{ 'a' + 'b' }}{{ 'ab' * 3 }}{{ 3 * 'x' }}{{ [1] + [2] }}{{ 'a' 'b' }}", {}),
    ("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ none == false }} {{ [1] == [1] }} {{ missing == other }}", {}),
    ("{{ 1 in [1, 2] }} {{ 'a' in 'abc' }} {{ 'k' in {'k': 1} }} {{ 1 not in [2] }} {{ 'x' in missing }}", {}),
    ("{{ a and b }}|{{ a or b }}|{{ not a }}|{{ b or a }}|{{ missing or 'd' }}", {"a": "", "b": "B"}),
    ("{{ 'y' if true else 'n' }}{{ 'y' if false }}{{ 'a' if false else 'b' if false else 'c' }}", {}),
    ("{{ x[0] }}{{ x[-1] }}{{ x[9] }}{{ x[1:] }}{{ x[:-1] }}{{ x[::-1] }}{{ x[::2] }}{{ x[2:0:-1] }}{{ x[-2:] }}{{ x[5:] }}", {"x": [1, 2, 3, 4]}),
    ("{{ x[0] }}{{ x[-1] }}{{ x[1:3] }}{{ x[::-1] }}{{ x|length }}", {"x": "가나다라😀"}),
    ("{{ x.a.b }}{{ x['a']['b'] }}{{ x.missing }}{{ x['missing'] }}{{ x.items }}"[:-13] + "{{ x.l.0 }}", {"x": {"a": {"b": 5}, "l": [7]}}),
    ("{% for k, v in x.items() %}{{ k }}={{ v }};{% endfor %}{% for k in x %}{{ k }}{% endfor %}{{ x.keys()|list }}{{ x.values()|list }}", {"x": {"b": 1, "a": "s"}}),
    ("{{ x.get('a') }} {{ x.get('z') }} {{ x.get('z', 3) }}", {"x": {"a": 1}}),
    ("{{ x }}", {"x": [1, 1.0, 1e16, 1e-5, 0.1, 123456789.125, -0.0, True, None, "it's", "a\"b'c", "tab\tnl\n", "\u00e9\u200b\U0001f600", {"k": []}]}),
    ("{{ x|tojson }}", {"x": {"b": [1, 1.0, 1e16, 1e-7, None, True], "a": "<é\"\\\n\u0001\u007f😀>", "e": {}, "l": []}}),
    ("{{ x|tojson(indent=2) }}{{ x|tojson(sort_keys=true) }}{{ x|tojson(ensure_ascii=true) }}{{ x|tojson(separators=(',', ':')) }}", {"x": {"b": [1, {"c": "é😀\u007f"}], "a": {}}}),
    ("{{ '  x '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 5|trim }}|{{ missing|trim }}|{{ '\u3000 y\u00a0'|trim }}|", {}),
    ("{{ ' a b  c '.split() }}{{ 'a,b,,c'.split(',') }}{{ 'a,b,c'.split(',', 1) }}{{ 'abc'.split('</t>')[-1] }}{{ 'a b c'.split(None, 1) }}", {}),
    ("{{ 'xxabxx'.strip('x') }}{{ 'xxab'.lstrip('x') }}{{ 'abxx'.rstrip('x') }}{{ ' q '.strip() }}{{ 'a'.upper() }}{{ 'É'.lower() }}{{ 'hELLO wORLD'.capitalize() }}", {}),
    ("{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith(('x', 'c')) }}{{ 'aXbX'.replace('X', '-') }}{{ 'aXbX'.replace('X', '-', 1) }}{{ 'ab'.replace('', '.') }}{{ ', '.join(['a', 'b']) }}{{ 'abcb'.find('b') }}{{ 'abcb'.count('b') }}", {}),
    ("{{ x|join(', ') }}{{ x|join }}{{ x|first }}{{ x|last }}{{ []|first }}{{ x|length }}{{ x|reverse|list }}{{ 'abc'|reverse }}{{ 'ab'|list }}", {"x": ["a", 1, None]}),
    ("{{ m|selectattr('role', 'equalto', 'user')|list|length }}{{ m|rejectattr('role', 'eq', 'user')|map(attribute='c')|join('-') }}{{ m|map(attribute='z', default='D')|list }}{{ ['a', 'b']|map('upper')|join }}{{ [0, 1, 2]|select|list }}{{ [1, 2, 3]|select('odd')|list }}{{ [1, none]|reject('none')|list }}",
     {"m": [{"role": "user", "c": "1"}, {"role": "x", "c": "2"}]}),
    ("{{ missing|default('d') }}{{ ''|default('d') }}{{ ''|default('d', true) }}{{ none|default('d') }}{{ '5'|int }}{{ 'x'|int }}{{ 3.7|int }}{{ -3|abs }}{{ 'hI'|upper }}{{ 'hI'|lower }}{{ 'hI'|capitalize }}{{ 'aba'|replace('a', 'c') }}{{ 5|string + 'x' }}{{ 'x'|safe }}{{ [1, 2]|count }}", {}),
    ("{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(width=1, blank=true) }}", {}),
    ("{{ x is defined }}{{ y is defined }}{{ y is undefined }}{{ n is none }}{{ x is string }}{{ d is mapping }}{{ l is iterable }}{{ l is sequence }}{{ 1 is number }}{{ true is number }}{{ 1 is integer }}{{ true is integer }}{{ 1.0 is float }}{{ true is true }}{{ 1 is true }}{{ false is false }}{{ n is not none }}{{ 4 is divisibleby 2 }}{{ 3 is odd }}{{ 3 is even }}{{ x is eq 'x' }}{{ 1 is in [1] }}{{ true is boolean }}{{ d is string }}{{ y is iterable }}{{ 3 is iterable }}",
     {"x": "x", "n": None, "d": {}, "l": [1]}),
    ("{% for i in range(3) %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}{{ range(2, 8, 3)|list }}{{ range(3, 0, -1)|list }}", {}),
    ("{% for x in [1, 2, 3, 4] if x is even %}{{ x }}{{ loop.index }}{% else %}none{% endfor %}{% for x in [] %}{% else %}empty{% endfor %}{% for c in 'añ' %}[{{ c }}]{% endfor %}{% for a, b in [[1, 2], [3, 4]] %}{{ a }}{{ b }}{% endfor %}", {}),
    ("{% for x in [1, 2, 3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% if x == 3 %}{% break %}{% endif %}{% endfor %}", {}),
    ("{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}{% if true %}{% set x = 9 %}{% endif %}{{ x }}", {}),
    ("{% set ns = namespace(a=1, b='x') %}{% for i in [1, 2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}{{ ns.b }}{{ ns.c is defined }}", {}),
    ("{% set a, b = 1, 2 %}{{ b }}{{ a }}{% set t = 1, 2 %}{{ t }}{{ (1,) }}{{ () }}{% set y %}block {{ a }}{% endset %}{{ y|upper }}", {}),
    ("{% macro f(a, b=2) %}<{{ a }},{{ b }}{{ g }}>{% endmacro %}{{ f(1) }}{{ f(1, 3) }}{{ f(b=5, a=4) }}{{ f() }}{{ f('x')|length }}", {"g": "G"}),
    ("{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", {}),
    ("a\n{% if true %}\n  b\n  {% endif %}\nc\n  {# comment #}\nd {# x #} e\n", {}),
    ("a\n  {%- if true -%}\n  b  \n  {%- endif +%}\nc\n  {%+ if true %}d{% endif %}\n\n", {}),
    ("  {{- 1 -}}  \n x {{ 2 }}\n{{ 3 -}}\n\ny", {}), ("{%- set x = 1 -%}   \n\n z", {}), ("\r\na\rb\r\n{{ 'x' }}\r\n", {}),
    ("{{ 'a\\nb\\t\\\\ \\' \\x41\\u00e9\\U0001F600 \\q' }}{{ \"d'q\" }}", {}), ("{{ '%}' }}{% if '}}' %}ok{% endif %}{{ {'a': {'b': 1}}['a']['b'] }}", {}),
    ("{ } {{ '{{' }} {% if 1 %}%{% endif %} #}", {}), ("", {}), ("\n", {}), ("plain text\n\n", {}),
    ("{{ strftime_now('%Y-%m-%d %H:%M:%S %d %b %B %a %A %y %j %p %I %%') }}", {}),
    ("{{ not x is defined }}{{ (1 + 2)|string ~ 'a' }}{{ 2 + 3|abs * 2 }}", {}),
    ("{{ true and not false or false }}{{ [1, [2, [3]]][1][1][0] }}{{ {'a': 1, 'a': 2} }}{{ {1: 'x'}[1] }}", {}),
    ("{% if missing %}a{% elif 0 %}b{% elif [] %}c{% elif {} %}d{% elif '' %}e{% elif none %}f{% else %}g{% endif %}", {}),
    ("{{ none }}{{ none.x is defined }}{{ 'abc'.x is defined }}{{ 'ab'.upper is defined }}{{ missing|length }}{{ missing|list }}{{ missing|join }}", {}),
    ("{% generation %}{{ 'x' }}{% endgeneration %}", {}), ("{{ dict(a=1)['a'] }}{{ 1 if x is not defined else 2 }}", {}),
    ("{{ messages|items|list }}"[:0] + "{% for k, v in d|items %}{{ k }}{{ v }}{% endfor %}", {"d": {"q": [1]}}),
]
# Must fail in both.
FAILING = ["{{ missing.x }}", "{{ missing[0] }}", "{{ missing() }}", "{{ 'a' + 1 }}", "{{ 1 / 0 }}", "{{ 'a' < 1 }}", "{{ none + 1 }}",
           "{{ raise_exception('no') }}", "{{ [1].append(2) }}", "{{ 1|length }}", "{{ 5['x'].y }}", "{% for x in 5 %}{% endfor %}", "{{ missing|tojson }}",
           "{{ missing + 'a' }}", "{{ -missing }}", "{{ missing < 1 }}", "{{ 1 in 'a' }}", "{% set a, b = [1] %}", "{% if %}{% endif %}", "{{ }}", "{% endfor %}",
           "{{ 'a }}", "{% for x in [1] %}", "{{ (1 }}", "{{ 1 ] }}", "{% set x %}", "{% break %}", "{{ a b }}", "{# open", "{% if x %}{% else %}", "{{ f(a=1, 2) }}"]


def reference(template, inputs):
    variables = dict(inputs, strftime_now=NOW.strftime)
    try:
        return {"text": _compile_jinja_template(template).render(**variables)}
    except jinja2.TemplateError as problem:
        return {"error": str(problem)}
    except (TypeError, ValueError, ZeroDivisionError, SyntaxError) as problem:
        return {"error": str(problem)}


def chat_cases(template):
    rows = []
    for index, chat in enumerate(CHATS):
        for tools in (None, TOOLS):
            for extra in ({}, {"enable_thinking": False, "tools_in_user_message": False, "builtin_tools": ["weather", "code_interpreter"]}):
                inputs = {"messages": chat, "tools": tools, "documents": None, "add_generation_prompt": index % 2 == 0,
                          **VARIABLES, **extra}
                rows.append({"chat": index, "tools": tools is not None, "extra": extra, **reference(template, inputs)})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", type=pathlib.Path)
    arguments = parser.parse_args()
    write = lambda name, data: (HERE / name).write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    files = {name: chat_cases((HERE / (name + ".jinja")).read_text(encoding="utf-8")) for name in FILES}
    snippets = [{"template": template, "variables": variables, **reference(template, variables)} for template, variables in SNIPPETS]
    passing = [template for template in FAILING if "error" not in reference(template, {})]
    assert not passing, passing
    write("cases.json", {"jinja2": jinja2.__version__, "chats": CHATS, "tools": TOOLS, "variables": VARIABLES, "files": files,
                         "snippets": snippets, "failing": FAILING})
    if arguments.gguf:
        from gguf import GGUFReader
        field = GGUFReader(str(arguments.gguf)).fields["tokenizer.chat_template"]
        write("real.json", {"smollm2-135m-instruct": chat_cases(bytes(field.parts[field.data[0]]).decode("utf-8"))})


main()
