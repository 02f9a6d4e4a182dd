"""Each component tag: what it draws, and that text never becomes markup."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from ansinh.ui.charts import Bar, BarChart, LineChart, Series
from ansinh.ui.icons import ICONS
from ansinh.ui.tables import Column, Link, Paging, Table, Tag

EVIL = "<script>alert(1)</script>"


def drawn(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1948", "1948"),
        ("1948-03", "03/1948"),
        ("1948-03-05", "05/03/1948"),
        ("2025-12-15T08:30:00+07:00", "15/12/2025"),
        (date(2025, 7, 1), "01/07/2025"),
        (datetime(2025, 12, 31, 18, 0, tzinfo=UTC), "01/01/2026"),
        ("", ""),
        (None, ""),
    ],
)
def test_vndate_writes_what_is_known(value, shown):
    assert drawn("{{ value|vndate }}", value=value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2025-12-15T08:30:00+07:00", "15/12/2025 08:30"),
        ("2025-12-15T01:30:00Z", "15/12/2025 08:30"),
        (datetime(2025, 12, 15, 1, 30, tzinfo=UTC), "15/12/2025 08:30"),
        ("2025-12-15", "15/12/2025"),
        (None, ""),
    ],
)
def test_vndatetime_is_in_vietnams_time(value, shown):
    assert drawn("{{ value|vndatetime }}", value=value) == shown


@pytest.mark.parametrize(("value", "shown"), [(1350, "1.350"), (36.5, "36,5"), (7.0, "7"), (None, "–"), (0, "0")])
def test_vnnumber_writes_numbers_our_way(value, shown):
    assert drawn("{{ value|vnnumber }}", value=value) == shown


def test_vnnumber_with_places():
    assert drawn("{{ value|vnnumber:1 }}", value=47) == "47,0"


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icon_is_hidden_from_screen_readers(name):
    html = drawn("{% icon name %}", name=name)

    assert 'aria-hidden="true"' in html
    assert html.count("<svg") == html.count("</svg>") == 1


@pytest.mark.parametrize("tone", ["good", "warn", "bad", "info", "neutral", "loud"])
def test_status_tag_has_a_shape_beside_its_colour(tone):
    html = drawn("{% status_tag text tone %}", text=EVIL, tone=tone)

    assert "<svg" in html
    assert EVIL not in html
    assert ("as-tag--neutral" in html) == (tone in ("neutral", "loud"))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('{% button "Lưu" %}', '<button class="nhsuk-button" type="submit">Lưu</button>'),
        ('{% button "Xóa" kind="danger" name="do" value="x" %}', '--warning" type="submit" name="do" value="x"'),
        ('{% button "Mở" opens="d" %}', 'type="button" data-opens="d"'),
        ('{% button "Thêm" small=True kind="secondary" %}', "nhsuk-button--secondary nhsuk-button--small"),
        ('{% button_link "/nguoi/" "Người" %}', 'nhsuk-button--secondary" href="/nguoi/">Người</a>'),
    ],
)  # fmt: skip
def test_buttons(call, expected):
    assert expected in drawn(call)


def test_button_escapes_its_words_and_values():
    html = drawn("{% button text value=text name='x' %}", text=EVIL)

    assert "<script>" not in html


def test_callout_and_card_draw_their_block():
    source = '{% callout "bad" title %}<p>{{ text }}</p>{% endcallout %}{% card title "/x" %}<p>trong</p>{% endcard %}'

    html = drawn(source, title=EVIL, text=EVIL)

    assert "as-callout--bad" in html
    assert '<a href="/x">' in html
    assert "<p>trong</p>" in html
    assert "<script>" not in html


def a_table(**changes) -> Table:
    columns = [
        Column("name", "Họ tên", "link", header=True),
        Column("visits", "Lần khám", "number"),
        Column("born", "Ngày sinh", "date"),
        Column("state", "Tình trạng", "tag"),
        Column("raw", "Thêm", "html"),
        Column("free", "Ghi chú"),
    ]
    row = {
        "name": Link("H'Ly", "/nguoi/1", EVIL),
        "visits": 1350,
        "born": "1987-11",
        "state": Tag("Quá hạn", "bad"),
        "raw": "<em>có</em>",
        "free": EVIL,
        "_tone": "bad",
    }
    return Table(**{"columns": columns, "rows": [row], "caption": "Người", **changes})


def test_table_draws_each_kind_of_cell():
    html = drawn("{% data_table table %}", table=a_table())

    assert '<a class="nhsuk-link" href="/nguoi/1">H&#x27;Ly</a>' in html
    assert "1.350" in html
    assert "11/1987" in html
    assert "as-tag--bad" in html
    assert "<em>có</em>" in html
    assert "<script>" not in html
    assert "as-table__row--bad" in html
    assert 'scope="row"' in html


def test_table_shows_a_dash_for_what_is_missing():
    html = drawn("{% data_table table %}", table=a_table(rows=[{"visits": 0}]))

    assert html.count("–") == 5
    assert ">0<" in html


def test_table_without_rows_says_so():
    assert "Chưa có ai." in drawn("{% data_table table %}", table=a_table(rows=[], empty="Chưa có ai."))
    assert "Chưa có gì trong danh sách này." in drawn("{% data_table table %}", table=a_table(rows=[]))


def test_summary_list_names_what_each_link_changes():
    html = drawn("{% summary_list rows %}", rows=[("Ngày sinh", "1948", "/sua"), ("Thẻ", "")])

    assert 'Sửa<span class="nhsuk-u-visually-hidden"> Ngày sinh</span>' in html
    assert "–" in html


def test_pagination_keeps_the_other_parameters():
    page = Paginator(range(120), 50).page(2)
    request = RequestFactory().get("/nguoi/", {"q": "a&b", "page": "2"})

    html = drawn("{% pagination page %}", page=page, request=request)

    assert 'href="?q=a%26b&amp;page=1"' in html
    assert "51–100 trong 120" in html
    assert 'aria-current="page"' in html


def test_pagination_by_cursor_has_no_numbers():
    html = drawn("{% pagination page %}", page=Paging(next="?sau=abc"))

    assert 'rel="next"' in html
    assert 'rel="prev"' not in html
    assert "aria-current" not in html


def test_pagination_of_a_single_page_is_nothing():
    assert drawn("{% pagination page %}", page=Paging()).strip() == ""


def test_sparkline_says_its_figures():
    html = drawn("{% sparkline points label='Cân nặng' unit='kg' %}", points=[("01", 52.5), ("02", None), ("03", 55)])

    assert "Cân nặng: 2 lần đo, đầu 52,5\u00a0kg, cuối 55\u00a0kg" in html


def test_sparkline_without_values_says_so():
    assert "chưa đo" in drawn("{% sparkline points label='x' %}", points=[None])


def test_line_chart_has_its_figures_as_a_table():
    chart = LineChart("Cân nặng", [Series("Lan", [("01", 52.5), ("02", None)])], unit="kg", target=55)

    html = drawn("{% line_chart chart %}", chart=chart)

    assert 'role="img"' in html
    assert "<desc" in html
    assert '<td class="nhsuk-table__cell--numeric">52,5\u00a0kg</td>' in html
    assert '<td class="nhsuk-table__cell--numeric">–</td>' in html


def test_chart_coordinates_have_decimal_points_whatever_the_language(settings):
    from django.utils import translation

    chart = LineChart("Cân nặng", [Series("Lan", [("01", 52.25), ("02", 53.5), ("03", 51.125)])])

    with translation.override("vi"):
        html = drawn("{% line_chart chart %}", chart=chart)

    assert 'y1="' in html
    assert [part for part in html.split('"') if part.replace(",", "").isdigit() and "," in part] == []


def test_bar_chart_links_and_escapes():
    chart = BarChart("Cơ sở", [Bar(EVIL, 40, "/co-so/1", "2/5"), Bar("B", None)], unit="%", target=80, high=100)

    html = drawn("{% bar_chart chart %}", chart=chart)

    assert 'width="40.0%"' in html
    assert 'href="/co-so/1"' in html
    assert "<script>" not in html


def test_progress_says_value_target_and_start():
    html = drawn("{% progress 71.5 80 label='Hồ sơ' baseline=31 %}")

    assert "71,5%" in html
    assert "mục tiêu 80%" in html
    assert "ban đầu 31%" in html
    assert 'width="71.5%"' in html


def test_progress_without_target_or_value():
    html = drawn("{% progress value target %}", value=None, target=None)

    assert "mục tiêu" not in html
    assert "chưa có số liệu" in html


def test_stat_opens_to_what_is_behind():
    assert '<a href="/x">người</a>' in drawn('{% stat 1350 "người" url="/x" %}')
    assert "4/6" in drawn('{% stat "4/6" "cơ sở" %}')


def test_tabs_mark_where_we_are():
    html = drawn("{% tabs entries %}", entries=[("Một", "/1", False), ("Hai", "/2", True, 0)])

    assert html.count("aria-current") == 1
    assert '<span class="as-tabs__count">0</span>' in html


def test_timeline_reads_mappings_and_objects():
    html = drawn("{% timeline entries %}", entries=[
        {"when": "2025-12", "title": EVIL}, SimpleNamespace(when="2025", title="Vào cơ sở", url="/x", icon="stay"),
    ])  # fmt: skip

    assert "12/2025" in html
    assert '<a class="nhsuk-link" href="/x">Vào cơ sở</a>' in html
    assert "<script>" not in html


def test_timeline_without_entries_may_say_so():
    assert "Chưa có gì." in drawn("{% timeline entries empty='Chưa có gì.' %}", entries=[])


def test_person_banner_shows_name_facts_and_tags():
    html = drawn("{% person_banner name facts tags %}", name="Y Bhin", facts=[("Ngày sinh", ""), ("Nam", "Nữ")],
                 tags=[("Đang ở", "good")])  # fmt: skip

    assert "<h1" in html
    assert "<dd>–</dd>" in html
    assert "as-tag--good" in html


def test_changes_show_old_and_new_in_elements_of_their_own():
    html = drawn("{% changes rows %}", rows=[("Nơi ở", "thôn 3", "thôn 5"), ("Điện thoại", "", "0900")])

    assert "<del>thôn 3</del>" in html
    assert "<ins>thôn 5</ins>" in html
    assert "trống" in html


def test_dialog_is_named_by_its_title():
    html = drawn("{% dialog 'out' 'Ra khỏi cơ sở' %}<p>x</p>{% enddialog %}")

    assert '<dialog class="as-dialog" id="out" aria-labelledby="out-title">' in html


def test_filter_bar_is_a_get_form():
    assert 'method="get"' in drawn("{% filter_bar %}x{% endfilter_bar %}")


def test_download_link_tells_kind_and_size():
    assert "(DOCX, 48 KB)" in drawn("{% download_link '/f' 'Báo cáo' 'DOCX' '48 KB' %}")


def test_questionnaire_embeds_json_that_cannot_break_out():
    definition = {"resourceType": "Questionnaire", "title": "</script><script>alert(1)"}
    problems = [{"link": "1", "message": "Cần trả lời."}]

    html = drawn("{% questionnaire definition action='/x' problems=problems version='3' %}", definition=definition,
                 problems=problems)  # fmt: skip

    assert "</script><script>" not in html
    assert html.count('type="application/json"') == 2
    assert 'action="/x"' in html
    assert '<input type="hidden" name="version" value="3">' in html
