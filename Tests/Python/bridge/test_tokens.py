"""The estimate of tokens beside the counts of two public vocabularies (PyPI's bpe-openai)."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Iterator

import bpe_openai
import pytest
from live_bridge import LiveBridge, running

VOCABULARIES = [bpe_openai.get_encoding(name) for name in ("cl100k_base", "o200k_base")]

ENGLISH = [
    "Customer reports slow internet speeds. Diagnosed: router needs firmware update.",
    "Router on old firmware version 2.1, update to 2.4 should resolve speed issues.",
    "Customer asking about HBO charge they don't recognize. Transfer to billing department.",
    "hey!! my internet's been down since like 6am and i'm working from home, so this is kinda urgent",
    "Agent: I can credit you $15.00 for today. You'll get an SMS when it's back, around 11:30 AM.",
    "The technician who came on Tuesday replaced the cable in the basement, but nobody told her about it.",
    "Customer prefers email communication over phone; satisfied with the resolution.",
    "Promised a call back within two business days, since the refund has to be approved by a supervisor.",
]

OTHERS = {
    "Vietnamese": [
        "Khách hàng báo mạng chậm từ sáng nay, bộ định tuyến cần cập nhật phần mềm.",
        "Anh Nguyễn Văn Hùng yêu cầu hoàn tiền hóa đơn tháng trước vì đã thanh toán hai lần.",
        "Chị Trần Thị Mỹ Duyên thích liên lạc qua thư điện tử hơn là điện thoại.",
    ],
    "names": [
        "Nguyễn Văn Hùng, Trần Thị Mỹ Duyên, Lê Hoàng Phước, Đặng Quốc Việt, Đỗ Thị Thuỳ Dương",
        "Łukasz Żółć, Małgorzata Wiśniewska, Grzegorz Brzęczyszczykiewicz, Jędrzej Śniadecki",
        "Zoë Müller, Björn Åström, Jørgen Ødegård, Þórður Guðmundsson, João Gonçalves, Íñigo Núñez",
        "Đorđe Šešelj, Jiří Růžička, Ștefan Țurcanu, Gülşen Öztürk, Ādams Bērziņš, Lőrinc Szűcs",
    ],
    "Polish": [
        "Klient zgłasza wolne łącze; router wymaga aktualizacji oprogramowania układowego.",
        "Prosi o zwrot opłaty, której nie rozpoznaje, i woli kontakt mailowy niż telefoniczny.",
    ],
    "German": [
        "Die Kundin meldet langsames Internet; der Router braucht eine neue Firmware.",
        "Rückerstattung für die Überweisung wurde genehmigt, Gutschrift folgt in drei Werktagen.",
    ],
    # Languages that no list of frequent words has: what is known of them is what messages of programs tell.
    "Basque": [
        "Bezeroak Interneta motel doala jakinarazi du; bideratzaileak firmwarea eguneratu behar du.",
        "Ezagutzen ez duen kargu baten itzulketa eskatzen du, eta posta elektronikoa nahiago du telefonoa baino.",
    ],
    "Estonian": [
        "Klient teatab aeglasest internetist; ruuter vajab püsivara uuendamist.",
        "Palub tagastada tasu, mida ta ei tunne ära, ja eelistab e-kirja telefonikõnele.",
    ],
    "Welsh": [
        "Mae'r cwsmer yn dweud bod y rhyngrwyd yn araf; mae angen diweddaru cadarnwedd y llwybrydd.",
        "Mae hi'n gofyn am ad-daliad am daliad nad yw'n ei adnabod, ac mae'n well ganddi e-bost na ffôn.",
    ],
    "Interlingua": [
        "Le cliente reporta un connexion lente; le router require un actualisation del firmware.",
        "Ille demanda le reimbursamento de un carga que ille non recognosce, e prefere e-mail al telephono.",
    ],
    "Kabyle": [
        "Amsaɣ yenna-d belli internet yuɣal d aẓayan; yessefk ad yettwaleqqem useɣẓan n umersal.",
        "Yessuter ad as-d-uɣalen yidrimen n tfaturt i wayyur-a, yesmenyif imayl ɣef tiliɣri.",
    ],
    "Uzbek": [
        "Mijoz internet sekin ishlayotganini aytdi; routerning dasturini yangilash kerak.",
        "U tanimagan to'lovni qaytarishni so'radi va telefondan ko'ra elektron pochtani afzal ko'radi.",
    ],
    "Upper Sorbian": [
        "Kupc zdźěla, zo internet jara pomału běži; router trjeba aktualizaciju firmware.",
        "Prosy wo zarunanje popłatka, kotryž njeznaje, a ma radšo e-mejle hač telefon.",
    ],
    "Greek": ["Ο πελάτης αναφέρει αργό διαδίκτυο· ο δρομολογητής χρειάζεται ενημέρωση."],
    "Russian": ["Клиент сообщает о низкой скорости интернета, роутеру нужно обновление прошивки."],
    "Arabic": ["العميل يشتكي من بطء الإنترنت ويطلب استرداد المبلغ المدفوع مرتين."],
    "Hebrew": ["הלקוח מדווח על אינטרנט איטי ומבקש החזר על החיוב הכפול."],
    "Hindi": ["ग्राहक ने कहा कि बिल दो बार आया है और इंटरनेट बहुत धीमा है।"],
    "Bengali": ["গ্রাহক জানিয়েছেন যে ইন্টারনেট খুব ধীর এবং বিল দুবার এসেছে।"],
    "Thai": ["ลูกค้าแจ้งว่าอินเทอร์เน็ตช้ามาก ต้องการให้ช่างเข้าตรวจสอบ"],
    "Chinese": ["客户反映网络速度很慢，路由器需要更新固件，并要求退还重复扣除的费用。"],
    "Japanese": ["お客様はインターネットの速度が遅いと報告しています。ルーターの更新が必要です。"],
    "Korean": ["고객이 인터넷 속도가 느리고 결제가 두 번 되었다고 말했습니다."],
    "emoji": ["👍🎉😀🚒🧑‍🚀❤️ thanks so much!!! 😊🙏 ✅ done ⚠️ 📞"],
    "mixed": [
        "Customer 田中太郎 (Tanaka Tarō) says: 「インターネットが遅い」. FRITZ!Box 7590 AX, 7.57 → 7.81.",
        "Клиент Иванов И.И. reported 0x80070005 on https://example.com/ru/счёт?id=42",
    ],
}


MORE = {
    "Greek": [
        "Ζητά επιστροφή χρημάτων, επειδή χρεώθηκε δύο φορές για τον ίδιο λογαριασμό.",
        "Προτιμά να επικοινωνούμε με ηλεκτρονικό ταχυδρομείο και όχι στο τηλέφωνο.",
    ],
    "Russian": [
        "Просит вернуть деньги, потому что счёт за прошлый месяц оплачен дважды.",
        "Предпочитает переписку по электронной почте, звонить только после обеда.",
    ],
    "Arabic": [
        "يفضل التواصل عبر البريد الإلكتروني بدلا من الهاتف ولا يريد اتصالا قبل الظهر.",
        "تم إرسال تعليمات تحديث البرنامج إلى الزبون وسيقوم الفني بزيارته غدا.",
    ],
}


def made(seed: int) -> dict[str, list[str]]:
    """Texts that nobody speaks."""
    dice = random.Random(seed)

    def many(one, count: int = 12) -> list[str]:
        return [" ".join(one() for _ in range(count)) for _ in range(6)]

    def letters(alphabet: str, low: int, high: int) -> str:
        return "".join(dice.choices(alphabet, k=dice.randint(low, high)))

    return {
        "UUIDs": many(lambda: str(uuid.UUID(int=dice.getrandbits(128))), 4),
        "base64": many(lambda: base64.b64encode(dice.randbytes(24)).decode(), 4),
        "hex": many(lambda: dice.randbytes(16).hex(), 4),
        "record ids": many(lambda: "(mem_01K" + letters(string.digits + "ABCDEFGHJKMNPQRSTVWXYZ", 23, 23) + ")", 4),
        "numbers": many(lambda: str(dice.randint(1, 10 ** dice.randint(1, 12)))),
        "telephones": many(lambda: f"+{dice.randint(1, 99)} ({dice.randint(100, 999)}) 555-{dice.randint(1000, 9999)}", 6),
        "URLs": many(lambda: f"https://example.com/{letters(string.ascii_lowercase, 4, 9)}?id={dice.randint(1, 9**9)}#top", 3),
        "codes": many(lambda: f"{letters(string.ascii_uppercase, 2, 4)}-{dice.randint(1, 99999)}"),
        "small letters": many(lambda: letters(string.ascii_lowercase, 3, 12)),
        "capitals": many(lambda: letters(string.ascii_uppercase, 3, 10)),
        "signs": many(lambda: letters(string.punctuation.replace("<", ""), 1, 6)),
        "log lines": many(
            lambda: f'2026-11-{dice.randint(1, 28):02}T10:{dice.randint(10, 59)}:01Z GET /api/v1/{letters("abcdef", 5, 8)} 200 {dice.randint(1, 999)}ms', 3),
        "code": ["let total = items.reduce(0) { $0 + $1.count } // sum", "if (x[i] != NULL && --n > 0) return -1;",
                 "SELECT id, SUM(amount) FROM invoices WHERE paid = 0 GROUP BY id HAVING SUM(amount) > 100;"],
        "rulers": ["-" * 40 + " " + "=" * 40 + " " + "*" * 20 + "....... ~~~~~~~~ ________ ######"],
    }


@pytest.fixture(scope="module")
def described() -> Iterator[LiveBridge]:
    world = running("--no-auth")
    with world as bridge:
        yield bridge


def ratios(bridge: LiveBridge, name: str, texts: list[str], tokenizer: str = "any") -> dict[str, float]:
    """Estimate over the count, for `any` the larger one, of contexts of sessions that hold these texts only."""
    bridge.verb("session", "create", "--agent", "support", "--meta", f"kind={name}")
    rows = bridge.home / "rows.jsonl"
    rows.write_text("".join(
        json.dumps({
            "agent_id": "support", "session": name, "session_metadata": {"text": name},
            "content": text, "time": f"2026-11-01T10:{at // 60 % 60:02}:{at % 60:02}Z",
        }) + "\n" for at, text in enumerate(texts * (1 + 24 // len(texts)))))
    bridge.verb("import", str(rows))
    found = {}
    for form in ["markdown", "plain", "json"]:
        for budget in [400, 4000]:
            answer = bridge.verb(
                "context", "--where", f"text={name}", "--format", form, "--max-tokens", str(budget),
                "--tokenizer", tokenizer)
            vocabularies = VOCABULARIES if tokenizer == "any" else [bpe_openai.get_encoding(tokenizer)]
            count = max(len(v.encode_ordinary(answer["context"])) for v in vocabularies)
            found[f"{form} {budget}"] = answer["tokens"] / count
    return found


@pytest.mark.parametrize("way", ["as written", "capitals", "titles"])
def test_english_is_within_a_tenth(described: LiveBridge, way: str):
    change = {"as written": str, "capitals": str.upper, "titles": str.title}[way]
    for tokenizer in ["any", "o200k_base"]:
        found = ratios(described, f"English {way}", [change(t) for t in ENGLISH], tokenizer)
        for form, ratio in found.items():
            assert 0.9 <= ratio <= 1.1, (tokenizer, form, ratio)


@pytest.mark.parametrize("name", ["Russian", "Arabic", "Greek"])
def test_one_vocabulary_counts_other_scripts_at_most_15_percent_high(described: LiveBridge, name: str):
    for form, ratio in ratios(described, f"{name} alone", OTHERS[name] + MORE[name], "o200k_base").items():
        assert 0.9 <= ratio <= 1.15, (form, ratio)


@pytest.mark.parametrize("name", [*OTHERS, *made(0)])
def test_no_kind_of_text_is_counted_at_less_than_nine_tenths(described: LiveBridge, name: str):
    texts = OTHERS.get(name) or made(5)[name]
    for texts in [texts, [text.upper() for text in texts]] if name in OTHERS else [texts]:
        where = name if texts[0] != texts[0].upper() else f"{name} capitals"
        for tokenizer in ["any", "o200k_base"]:
            for form, ratio in ratios(described, where, texts, tokenizer).items():
                assert ratio >= 0.9, (tokenizer, where, form, ratio)
