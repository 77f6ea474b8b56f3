"""A released version of a configuration is never edited: an office that updates could not start. Make a new version, and add its digest
here."""

from pathlib import Path

from zi_certificates.use_cases.rulebook import load_rulebook as load_letters
from zi_notify.texts.letter import templates
from zi_notify.texts.short_message import phone_templates
from zi_rules.acting_signer import load_acting_signer_rules
from zi_rules.certificate.letter_wording import load_letter_wording
from zi_rules.certificate.reason import load_sentences
from zi_rules.certificate.retention import load_retention_rules
from zi_rules.certificate.rule_set import CERTIFICATE_RULES
from zi_rules.compensation import load_compensation_rules
from zi_rules.configuration import Configuration
from zi_rules.data_files import read_folder
from zi_rules.emergency import load_emergency_rules
from zi_rules.forum import load_forum_rules
from zi_rules.forum_minutes import load_minutes_rules
from zi_rules.information_refusal import load_information_refusals
from zi_rules.letter_template import OFFICE_LETTER, load_letter_templates
from zi_rules.mentoring.assignment_letter import ASSIGNMENT_LETTER, load_assignment_letter
from zi_rules.mentoring.referral_letter import load_referral_letter
from zi_rules.mentoring.rule_set import MENTORING_RULES
from zi_rules.message_channels import load_message_channels
from zi_rules.notice_routing import load_notice_routing
from zi_rules.office_letter_wording import load_office_letter_wording
from zi_rules.referral_body import load_referral_bodies
from zi_rules.registers import load_register_rules
from zi_rules.standard import load_standards
from zi_rules.standard_rules import load_standard_rules
from zi_rules.survey.questionnaire import load_questionnaires
from zi_rules.topic import load_topics
from zi_umkm.use_cases.rulebook import load_rulebook as load_mentoring

RELEASED = {
    "information_refusals information_refusals 1": "2cce4a2b56bc04dddf7a2482870fb9328d379d73527315521c684aa9808ceb0a",
    "standard rancangan-informasi-publik 1": "7bc59ed776e68aca99bb77016b009138118e7fdd122988304d9443ca53fb5903",
    "standard_rules rancangan_penetapan_standar 2": "00f7c199b19bb624028beed6ce9c33af6f3be124dd66eb40e602adf353c853f4",
    "label_checks label_checks 1": "b7720630fc7135fea9111d85af0d40da5e4f9c1f3b61c0f52b7821b8071265d6",
    "referral_letter referral_letter 1": "aa666a6cfc7e0e9df1cc74c377e0ab81867df2060f81d797ef46659b618acb0c",
    "state_questions state_questions 1": "548da6571aa2bbd48b31dcddf21bf0ec140dc4b78e1d212cdde9781c194ad4aa",
    "standard rancangan-pengaduan 1": "2ab7aad4b99c41a551ccb9acb756991d1830112fc3b84555da959ac37a7c9316",
    "standard rancangan-konsultasi 1": "564f75380fb787765c4fcbc34abe707d7a9400e766b09684ac825c55c1c78525",
    "calendar calendar 1": "0c7b77e9a2e9e9a8fc87a15fa4765b9466fec9555d0a6ce82853d45ec8fc3b44",
    "holidays indonesia 109000": "901f71f86a4ad32eba81b9c1bc9421797b99826bb39615799e3171c2bc324f16",
    "compensation compensation 1": "99a3200f32ab5fcc2c337e5d48221295f4697fd90d4f12747c2da98d8d7eb8f8",
    "certificate_rules rancangan_surat_keterangan 1": "30f89028bd3c41737127ddbd0e043b84ba4411fb3c4b3f3dba32d8b0a9ead93e",
    "certificate_rules rancangan_surat_keterangan 2": "ee50821fd63ce279052e3f7b02b63fbbca8947fdbb456b0b1d326ee117b2cee2",
    "certificate_tariffs certificate_tariffs 1": "6229d244a5821999e5387b1c237b816b1fe3eed76266d817ecf37ba4c6f3ff6f",
    "registration_numbers registration_numbers 1": "a492c9f1c3c6b031d1614316363b93507489c8e69a8bfacb41b2535fc08b7891",
    "mentoring_rules rancangan_pendampingan 1": "71f3a6408a387f2f74b6872fafc42cda351567f9ae6b267817fecc58e9e540ea",
    "mentoring_rules rancangan_pendampingan 3": "e9404e785eabb12c55c2afbf51fb3c71132e2e8aeaf106ec135625192e3d9fd3",
    "mentoring_rules rancangan_pendampingan 2": "fb1ebdd4a2b68dfa974d9a3b56642f7c7cc1f6cb38702cf8d1988c46680cde55",
    "mentoring_rules rancangan_pendampingan 4": "e7729338bdf557a5537efe979ee0a88ef605df7a2988c868758eb565e8dc2925",
    "mentoring_rules rancangan_pendampingan 5": "d2eb747267a497e47d3c911cfa69b374b4d97f8a9f3144ea6bd12659aee739bf",
    "permit_rules permits 1": "7c64585dca1986b19049f483fef4ad7049645856695e005a5d2dbf3efe944880",
    "permit_rules permits 2": "00fffb25483e584311a06b9d197d1188e04943b1b46ff2cd69aa330cf2af75a1",
    "mentoring_checklist penilaian_cppob 1": "f7d732f5bc819b6211c65c875f8e36cb60080d77b72e4acb51b28cb6cd2eb3eb",
    "mentoring_checklist psb_2013 1": "d12806aba305723935b10d36e95ad90141641751477b5f5277a3a8365a4988d5",
    "districts districts 1": "f2becf27643fa6fc0084e03c3ec2a53371930b7bd93d52263deb41caced61d82",
    "certificate_reasons certificate_reasons 1": "c581a6441d91a750fd6b9b2587d23352865c238af65c9263f1d17ba3026a0c76",
    "certificate_reasons certificate_reasons 2": "ddfdb465f540de9913b79de40ef28317eb1f747a3f9f771990209182079ac9db",
    "certificate_reasons certificate_reasons 3": "8adba6b9030276cf9cd2cff7161c0df14ca50d37feb219d6d55f9c548b38efd6",
    "certificate_reasons certificate_reasons 4": "90426de8d578a25c37f0468706df18b80140b8e929eabcaa3707317bc476ed07",
    "certificate_reminders certificate_reminders 1": "360eb4523a5a50d65b4fc107806869c727f29838f5305b7596da7261d4a0deb0",
    "certificate_reasons certificate_reasons 5": "a922c600cce8c1d1c4d735bcf9392e36698efca046719d4ef981fbc1626fa695",
    "hs_codes hs_codes 1": "80beb7bdee2ffcb8f7da8c61f0298c2ce49671a1cb22d66725639dbfe8fb39cb",
    "units units 1": "8166cc127647a45da32c09197d31eafbc99995e4050796e32dec251cb212c97e",
    "certificate_reasons certificate_reasons 6": "e3ccd27e19d76caf42536162810a1c01945e977d44911885020114f909d7cef5",
    "certificate_amendments certificate_amendments 1": "cd3e05452beff02129dd5a190a75910e7c5c3b2de3701e6c8685718271b71555",
    "certificate_retention certificate_retention 1": "043caa504bcf27a3c5e322fbc546d68d7af27fd8c96274dec441cd88c3e10a3e",
    "acting_signers acting_signers 1": "29fbbb37cb62d1232a2e18efef9c5bf0ad1f0c7f6d88f4d8e5b34a08f429ef5b",
    "certificate_letter_wording certificate_letter_wording 1": "adf26e511cfa9c4d44eed83cb45158521ae11f64da1b36b0956d58ed81777dd9",
    "certificate_letter_wording certificate_letter_wording 2": "2b529173ce57eb96bb9e681fddcc665bf1656676a8d18251a4a9706abb27373a",
    "letter_template letter 3": "d3ac617b88006d65b67f222b55eae87bf6bfee76227c5747a8f3d040b500f3fa",
    "letter_template office_letter 2": "77f88f6bbc55e1783d8c27f9a1bd92f1cc2275955203650eddae5e49550a4249",
    "letter_template letter 2": "c5bb6d168ed4be4a1ab9e46fa3347d3cddeb95d4e25b8ae438f5eb186a447a7a",
    "letter_template letter 1": "67b5b0d31c7f38ca81555a6cbfce7ad883c835d09e5e9813e617ef497051d4e4",
    "questionnaire own 1": "75545abf185d839883590efaa646a1bacd0e98281593a2aa9182f62e6dbd7603",
    "questionnaire skm 1": "f183c62d89dfbb8d369253da8b0116c1736abe1d49d01607fb3c9d6f6c9845c4",
    "questionnaire spak 1": "5b6c834f356dfe4c327898882e9b48e31ad452c6416470c61529041693fcf46d",
    "questionnaire spkp 1": "4fe7d4935e9a8287abc415d4bacb2ea2aef9d409b5df01d0ab5920f7318bb393",
    "forum_rules rancangan_forum 1": "4f187e5a7c0d20b0674daf1b4f61740f02138805b4f3d0a3dd3d051d9a88dabb",
    "forum_rules rancangan_forum 2": "c3bbce44962a074cdd448bc1d749dca23fe85052eb162d6697091a6a55f3c5a3",
    "minutes_rules rancangan_berita_acara 1": "bd8634ae7e81cd3262678b0ef37a04dbddb8bbb5fd5b08e2171ea33aeb017dd6",
    "letter_template office_letter 1": "a7450fba44b50cf244fd1dd1c37263d252e09377a0aef6b71eb47678371aa058",
    "office_letter_wording office_letter_wording 1": "df68b4f638a24ca8b03b4d6cf2b853476bbd7ca689685907145bf1d1176057b5",
    "registers registers 1": "0febeac871b8503ab838556dfa8db8a3af383cfc20f940b8b5e9621308541490",
    "registers registers 2": "1b2a1bc6a6eafeff4715eeeffca33df57b96c3860f4f6d272b3370b5283d419d",
    "standard_rules rancangan_penetapan_standar 1": "55271f7d0248b4dcf2837de995b615c2d40e382589a1d6dc659a1c2e30e65909",
    "emergency emergency 2": "2ab1a3c9839f3a3fd7241ee8c46ca19c7dd6176e0555f0bceb317bc0436e7211",
    "emergency emergency 3": "bb196b4d9d8e48606c73491d9ee0fd85e25ec70d52f78d597f657f24e4ea005f",
    "referral_bodies referral_bodies 1": "f0b6637df56e28c2444a46de7d62fa8f9a4b6d1a3051e78ff3dd2a14681136f7",
    "topics topics 1": "32fe245747e142bfcf6e7cb55b4ca78f641993ab418ee3ab07c5d13dc157c7d1",
    "message_channels message_channels 1": "633302202e3c384630ffb711088b27ca6f85b474d47e9453444f9243c6d928ff",
    "phone_templates phone 1": "1c5e0477c6dda51dc8dc6dc11f9e9a381b737492f11001a2330384e8adff8ac8",
    "mail_templates mail 1": "9e03dbc32875292647ede5a6bf70a455fd27971beccbd8ed686e50817bf6f938",
    "notice_routing notice_routing 1": "7898ab5511be68061f0488804a260c963ccc0ac0692ed059e218db262535ed33",
    "phone_templates phone 2": "20e8e9ff1f1a7c7b84b269e701855cbe9d0b1e65a46c4b4a6d9b60075da4485f",
    "notice_routing notice_routing 2": "65d33a67fc296da99f94f673784aafae81205b5c0f892414dc6c31eaa8e557fd",
    "notice_routing notice_routing 3": "75f0d5a66df6c7cb2d0dd3d9e6fa4e1750bb6f2b66b5b506c3a7118ff1ccdacc",
    "notice_routing notice_routing 4": "4ad9be3bdfb41e296d0347f8b74f5740f69b6d2dccd2fe4eb80787a0ce7344bb",
    "notice_routing notice_routing 5": "3c73688da48420803ad26cafc4edfe7058499616c14d196003dbfe7a9f47b8e2",
    "notice_routing notice_routing 6": "246f8c714a510faa9d86d20b3a9e15e8497c4f1c62dd5b5705f88c8d9e9cddba",
    "notice_routing notice_routing 7": "43ccc92a761826fd91189b4f8b91c9937be556b53df1d3cc7ca053d2b84cc234",
    "notice_routing notice_routing 8": "2ff86c056d68523390e57dc8aa6f2cf3642978cf0c5d169b4c669fa7bd3775fb",
    "mail_templates mail 13": "3ffc5d0f43b43c83a42c0c6c2a424cc9dc12495b5aae5c6caccff23ceb1b336b",
    "mail_templates mail 12": "174ac198ca799342688b567fca1d90c1d079ae4fc0b931c32a3f2e31c5f1ee9d",
    "mail_templates mail 11": "7209f8490d0e0a1e58a8b92b23a3ffb0c60a65989023fdcd9bc181150ee6f827",
    "mail_templates mail 10": "4ced2f160c8080f945af66ec6d61e28e425973a58a89f6f4a493501c8a1a2481",
    "mail_templates mail 9": "9b596106e1406f168e4c7aef46791ee315ec36a3a026c9a86c36d1809783a55c",
    "mail_templates mail 8": "7ddbf73ac66ec727058bb70c6091f195c77587619e0de141375a0df0c3e3c82d",
    "mail_templates mail 7": "3aff848febe1bf36f29daefa520e374efa373965c300acf8df209f52b4237e90",
    "mail_templates mail 6": "d82615fb0eedbdfb083a2a60696748d60134c271fceb919708533b37403bfdec",
    "mail_templates mail 5": "8dc87fbb50f9d3b8805bfb3af7c4c0dfc1653a24d53c9638ad6a3bd889f1d3f6",
    "mail_templates mail 4": "934883694c6d1123a20c2fc449c8f6c6516b40596ad7ff67b66c3202a03ea9c5",
    "mail_templates mail 3": "7d5807b701fe73bb45b8424ec0549772e3c7aa906a92c74b3ce85fe29d4463d0",
    "mail_templates mail 2": "9e49c5bce35f1846fe005a6ddbce40077f13e89d694d83540820b69f16b2d00e",
    "letter_template assignment_letter 1": "01f389f767cf4bdf8e6d315a6f8efb70ab4047e2395dcfae51ac83decffa5d0d",
    "assignment_letter assignment_letter 1": "38538fc8af88b09194a47797634c679ce0c5b08561ed2150dfabe16b61eaa2f6",
}


def shipped() -> list[Configuration]:
    nowhere = Path("/nowhere")
    return [
        *load_standards().configurations,
        *load_letters(nowhere).configurations,
        *load_mentoring(nowhere).configurations,
        *load_topics().configurations,
        *load_emergency_rules().configurations,
        *load_referral_bodies().configurations,
        *load_information_refusals().configurations,
        *load_compensation_rules().configurations,
        *load_sentences().configurations,
        *load_acting_signer_rules().configurations,
        *load_retention_rules().configurations,
        *load_letter_wording().configurations,
        *load_forum_rules().configurations,
        *load_register_rules().configurations,
        *load_questionnaires().configurations,
        *load_minutes_rules().configurations,
        *load_letter_templates(),
        *load_letter_templates(OFFICE_LETTER),
        *load_letter_templates(ASSIGNMENT_LETTER),
        *load_assignment_letter(nowhere).configurations,
        *load_standard_rules().configurations,
        *load_office_letter_wording().configurations,
        *load_referral_letter().configurations,
        *load_message_channels().configurations,
        phone_templates(),
        *load_notice_routing().configurations,
        templates(),
    ]


def test_a_released_version_keeps_its_content() -> None:
    found = {f"{each.kind} {each.id} {each.version}": each.digest for each in shipped()}
    assert {name: RELEASED.get(name) for name in found} == found


def test_an_earlier_version_is_kept_as_it_was_released() -> None:
    """It judges each case that began under it before stores kept the content."""
    earlier = [
        *read_folder(CERTIFICATE_RULES, "certificates/earlier", None),
        *read_folder(MENTORING_RULES, "mentoring/rules/earlier", None),
    ]
    found = {f"{each.kind} {each.id} {each.version}": each.digest for each in earlier}
    assert {name: RELEASED[name] for name in found} == found
    in_use = {f"{each.kind} {each.id} {each.version}" for each in shipped()}
    rule_sets = {name for name in RELEASED if name.startswith((CERTIFICATE_RULES, MENTORING_RULES))}
    assert rule_sets <= in_use | found.keys()
