"""Forms: errors that name their field, refusals from actions, nothing typed is lost."""

import pytest
from django.http import QueryDict
from django.template import Context, Template

from ansinh.kernel.errors import Invalid, NotFound, Problem
from ansinh.ui import forms


class Admission(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Như trên giấy tờ", max_length=20)
    since = forms.DateField(label="Ngày vào", required=False)
    pressure = forms.IntegerField(label="Huyết áp", required=False, max_value=300, suffix="mmHg", width=4)
    kind = forms.RadioField(label="Hình thức", choices=[("day", "Ban ngày"), ("stay", "Nội trú")], required=False)
    agreed = forms.BooleanField(label="Đã đồng ý", help_text="Người bệnh hoặc người giám hộ")
    diagnoses = forms.CodesField(label="Chẩn đoán", search_url="/tim", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", "", "Cần điền «Họ và tên»."),
        ("name", "N" * 21, "«Họ và tên» dài 21 ký tự, tối đa 20."),
        ("pressure", "1200", "«Huyết áp» không được quá 300."),
        ("pressure", "cao", "«Huyết áp» phải là số nguyên, ví dụ 120."),
        ("kind", "night", "«Hình thức»: hãy chọn một mục trong danh sách."),
        ("since", "31/02/2025", "Tháng 2/2025 không có ngày 31."),
    ],
)
def test_form_errors_say_which_field(field, typed, says):
    form = Admission({"name": "Y Bhin", field: typed})

    assert form.errors[field] == [says]


def test_form_keeps_messages_given_to_the_field_itself():
    class Strict(forms.Form):
        code = forms.CharField(label="Mã", error_messages={"required": "Quét thẻ trước đã."})

    assert Strict({}).errors["code"] == ["Quét thẻ trước đã."]


def test_refuse_puts_problems_at_their_fields_and_the_rest_above():
    form = Admission({"name": "Y Bhin"})

    future = Problem("value", "Ngày này chưa đến.", "since")
    double = Problem("value", "Đã có lượt ở khác.", "EpisodeOfCare.period")

    form.refuse(Invalid("Sai hai chỗ.", problems=[future, double]))

    assert form.errors["since"] == ["Ngày này chưa đến."]
    assert form.general_errors() == ["Đã có lượt ở khác."]
    assert form.has_errors


def test_refuse_uses_the_field_of_the_error_itself():
    form = Admission({"name": "Y Bhin"})

    form.refuse(NotFound("Không có mã này.", field="kind"))

    assert form.errors["kind"] == ["Không có mã này."]


def test_field_draws_label_hint_and_error_tied_to_the_control():
    html = drawn("{% field form.name %}", form=Admission({"name": ""}))

    assert '<label class="nhsuk-label" for="id_name">' in html
    assert 'id="id_name-hint">Như trên giấy tờ<' in html
    assert 'id="id_name-error"' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert "nhsuk-input nhsuk-input--error" in html


def test_field_keeps_what_was_typed_and_escapes_it():
    html = drawn("{% field form.since %}", form=Admission({"name": "x", "since": '31/02/2025"><script>'}))

    assert "31/02/2025&quot;&gt;&lt;script&gt;" in html
    assert "<script>" not in html


def test_field_shows_unit_and_width():
    html = drawn("{% field form.pressure %}", form=Admission())

    assert "nhsuk-input--width-4" in html
    assert ">mmHg</span>" in html


def test_field_says_what_is_optional_but_not_beside_a_tick():
    form = Admission()

    assert "(nếu có)" in drawn("{% field form.since %}", form=form)
    assert "(nếu có)" not in drawn("{% field form.name %}", form=form)
    assert "(nếu có)" not in drawn("{% field form.agreed %}", form=form)


def test_field_says_what_is_required_where_the_form_wants_that():
    class Short(Admission):
        mark = "required"

    assert "(bắt buộc)" in drawn("{% field form.name %}", form=Short())
    assert "(nếu có)" not in drawn("{% field form.since %}", form=Short())


def test_choices_are_a_fieldset_with_a_legend():
    html = drawn("{% field form.kind %}", form=Admission({"name": "x", "kind": "stay"}))

    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert 'value="stay" checked' in html


def test_several_codes_show_those_given_and_an_empty_one():
    html = drawn("{% field form.diagnoses %}", form=Admission({"name": "x", "diagnoses": ["I10", "E11"]}))

    assert html.count("<ansinh-combobox") == 3
    assert 'value="I10"' in html
    assert 'src="/tim"' in html


def test_hidden_field_is_only_its_control():
    html = drawn("{% field form.secret %}", form=Admission(initial={"secret": "1"}))

    assert 'type="hidden"' in html
    assert "label" not in html


def test_error_summary_links_each_error_to_its_control():
    form = Admission({"name": "", "kind": "night"})
    form.add_error(None, "Chưa lưu được.")

    html = drawn("{% error_summary form %}", form=form)

    assert 'href="#id_name"' in html
    assert 'href="#id_kind_0"' in html
    assert "<li>Chưa lưu được.</li>" in html


def test_error_summary_is_nothing_without_errors():
    assert drawn("{% error_summary form %}", form=Admission()) == ""
    assert drawn("{% error_summary form %}", form=Admission({"name": "Y Bhin"})) == ""
    assert drawn("{% error_summary form %}", form=None) == ""


def test_prefixed_forms_on_one_page_have_ids_of_their_own():
    html = drawn("{% field one.name %}{% field two.name %}", one=Admission(prefix="a"), two=Admission(prefix="b"))

    assert 'id="id_a-name"' in html
    assert 'id="id_b-name"' in html


def test_field_gives_djangos_own_widgets_the_look_too():
    from django import forms as django_forms

    class Login(django_forms.Form):
        username = django_forms.CharField(label="Tên đăng nhập")
        note = django_forms.CharField(label="Ghi chú", widget=django_forms.Textarea)

    html = drawn("{% field form.username %}{% field form.note %}", form=Login({"note": "x"}))

    assert 'class="nhsuk-input nhsuk-input--error"' in html
    assert 'class="nhsuk-textarea"' in html


def test_form_renewed_keeps_what_was_typed_and_carries_the_new_hidden_value():
    class Numbered(forms.Form):
        words = forms.CharField(label="Lời")
        version = forms.IntegerField(widget=forms.HiddenInput)

    form = Numbered(QueryDict("words=như+đã+gõ&version=1"))
    form.is_valid()

    form.renew(version=4)

    assert form["version"].value() == "4"
    assert form["words"].value() == "như đã gõ"
