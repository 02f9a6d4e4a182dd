"""Addresses of logging in, of one's own account and of others' accounts."""

from django.urls import path

from ansinh.access.views import accounts, audit, emergency, entering, factors, outside, own, recovery

urlpatterns = [
    path("dang-nhap/", entering.log_in, name="login"),
    path("dang-nhap/buoc-hai/", entering.log_in_second, name="login_second"),
    path("dang-nhap/khoa/", entering.log_in_key, name="login_key"),
    path("dang-nhap/khoa/thu-thach/", entering.key_challenge, name="key_challenge"),
    path("dang-nhap/ben-ngoai/", outside.go, name="outside_go"),
    path("dang-nhap/ben-ngoai/ve/", outside.back, name="outside_back"),
    path("dang-nhap/xin-ma/", recovery.ask_code, name="ask_code"),
    path("dang-nhap/ma-mot-lan/", recovery.password_by_code, name="password_by_code"),
    path("dang-xuat/", entering.log_out, name="logout"),
    path("ngon-ngu/", entering.set_language, name="set_language"),
    path("vai-tro/", entering.choose_assignment, name="choose_assignment"),
    path("bao-mat/", own.security, name="own_security"),
    path("bao-mat/xac-nhan/", own.prove, name="prove"),
    path("bao-mat/mat-khau/", own.change_password, name="change_password"),
    path("bao-mat/phien/<int:session_id>/ket-thuc/", own.end_session, name="session_end"),
    path("bao-mat/phien/ket-thuc/", own.end_all_sessions, name="sessions_end"),
    path("bao-mat/dien-thoai/", factors.add_totp, name="totp_add"),
    path("bao-mat/dien-thoai/tat/", factors.remove_totp, name="totp_remove"),
    path("bao-mat/khoa/", factors.add_key, name="key_add"),
    path("bao-mat/khoa/<int:key_id>/xoa/", factors.remove_key, name="key_remove"),
    path("bao-mat/ma-du-phong/", factors.new_codes, name="recovery_codes"),
    path("truy-cap/", audit.audit, name="audit"),
    path("khan-cap/", emergency.emergency, name="emergency"),
    path("khan-cap/ket-thuc/", emergency.emergency_end, name="emergency_end"),
    path("khan-cap/xem-lai/", emergency.emergencies, name="emergencies"),
    path("khan-cap/xem-lai/<int:access_id>/", emergency.emergency_review, name="emergency_review"),
    path("tai-khoan/", accounts.accounts, name="accounts"),
    path("tai-khoan/moi/", accounts.account_new, name="account_new"),
    path("tai-khoan/<int:account_id>/", accounts.account, name="account"),
    path("tai-khoan/<int:account_id>/sua/", accounts.account_edit, name="account_edit"),
    path("tai-khoan/<int:account_id>/vai-tro/", accounts.account_role, name="account_role"),
    path(
        "tai-khoan/<int:account_id>/vai-tro/<int:assignment_id>/ket-thuc/",
        accounts.account_role_end,
        name="account_role_end",
    ),
    path("tai-khoan/<int:account_id>/ben-ngoai/", accounts.account_outside, name="account_outside"),
    path("tai-khoan/<int:account_id>/ma-mot-lan/", accounts.account_code, name="account_code"),
    path("tai-khoan/<int:account_id>/<slug:step>/", accounts.account_step, name="account_step"),
]
