"""Comboboxes that repeat under one name: each is called by the words of its group."""

import re

from django.urls import reverse_lazy

from ansinh.ui import forms
from ansinh.ui.templatetags.ui import field


class Codes(forms.Form):
    diagnoses = forms.CodesField(label="Chẩn đoán (ICD-10)", required=False, search_url=reverse_lazy("gallery_codes"))


def names_of(form: forms.Form) -> list[str]:
    return re.findall(r'<input[^>]*aria-label="([^"]*)"', field(form["diagnoses"]))


def test_comboboxes_each_is_named_by_group_and_place():
    assert names_of(Codes({"diagnoses": ["I10"]})) == ["Chẩn đoán (ICD-10) 1", "Chẩn đoán (ICD-10) 2"]


def test_comboboxes_empty_still_has_a_name():
    assert names_of(Codes()) == ["Chẩn đoán (ICD-10) 1"]
