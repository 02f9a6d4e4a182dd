"""Does a QuestionnaireResponse answer its Questionnaire? Pure; the screens of the browser check the same.

    validate(questionnaire, response) ─► response (walks both trees) ─► enabling (is it asked?), values (is it right?)
                                      ─► problems, each naming its question

`items` walks a Questionnaire, `extensions` reads what the specification keeps in extensions.
"""

from ansinh.fhir.validation.responses.response import link_of, place_of, validate

__all__ = ["link_of", "place_of", "validate"]
