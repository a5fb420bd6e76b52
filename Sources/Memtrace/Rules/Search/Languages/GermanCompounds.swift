// Takes German compounds apart: "Stromrechnung" is a kind of "Rechnung".

/// Knows the nouns that compounds in letters to and from customers most often end or begin with; folded, without marks.
/// What stands beside one is the other half, if it has four letters or more.
enum GermanCompounds {
  /// The halves of a folded word of ASCII letters; none if it is no compound that is known.
  static func halves(of word: [UInt8]) -> [[UInt8]] {
    guard (9...48).contains(word.count) else { return [] }
    for length in stride(from: min(word.count - 4, longest), through: 4, by: -1) {
      let end = Array(word.suffix(length))
      if nouns.contains(end) { return [withoutLink(word.dropLast(length)), end] }
    }
    for length in stride(from: min(word.count - 4, longest), through: 4, by: -1) {
      let start = Array(word.prefix(length))
      guard nouns.contains(start) else { continue }
      let rest = word.dropFirst(length)
      let link = start.last == UInt8(ascii: "e") ? UInt8(ascii: "n") : UInt8(ascii: "s")
      return [start, Array(rest.first == link && rest.count > 4 ? rest.dropFirst() : rest)]
    }
    return []
  }

  /// "rechnungs" without the "s" that joins it.
  private static func withoutLink(_ half: ArraySlice<UInt8>) -> [UInt8] {
    let endings = ["ungs", "heits", "keits", "schafts", "tions", "tats", "lings", "tums", "ions"]
    let isLinked =
      half.last == UInt8(ascii: "s")
      && (endings.contains { half.suffix($0.utf8.count).elementsEqual($0.utf8) }
        || nouns.contains(Array(half.dropLast())))
    return Array(isLinked ? half.dropLast() : half)
  }

  private static let nouns: Set<[UInt8]> = Set(words.split(separator: " ").map { Array($0.utf8) })
  private static let longest = nouns.map(\.count).max() ?? 0

  private static let words = """
    abbuchung ablauf abrechnung absage abteilung adresse aktion analyse anbieter anderung anfrage \
    angebot angaben anlage anleitung anmeldung annahme anruf anschluss anschrift antrag antwort anzeige \
    apparat arbeit artikel aufkleber auftrag auskunft ausfall ausweis bahn band bank bearbeitung \
    bedingungen beginn behandlung beispiel beitrag bericht bescheid bescheinigung beschwerde bestand \
    bestatigung bestellung besuch betrag betreuung betrieb bild bindung brief buch buchung buro code \
    daten datei datum dauer decke dienst dose druck drucker eingang einheit einladung einrichtung \
    einstellung eintrag einzug empfang ende entgelt entschadigung entstorung erfassung ergebnis \
    erhohung erinnerung erklarung ersatz erstattung fahrt fall familie farbe fehler feld fenster \
    fernsehen fest filiale firma firmware flasche formular frage freigabe frist funktion garantie gebuhr gebuhren \
    gerat gerate geschaft gesellschaft gesprach gewicht glas grenze grund gruppe guthaben gutschein gutschrift haft hand handel \
    handler handy haus heft hilfe hinweis hohe inhaber internet kabel karte kasse kauf kennung kennwort kette \
    klage klasse konto kontakt kopie kosten kredit kunde kunden kundigung lager land last laufzeit \
    lehre leistung leitung lieferung liste lizenz losung mahnung mangel marke markt menge meldung messung miete \
    minderung mitarbeiter mitglied mittel mobilfunk monat nachricht nachweis name netz nummer ordnung ort \
    paket papier partner passwort person pflicht plan platz police post preis problem programm projekt \
    prozess prufung punkt quittung rabatt rate rechner rechnung recht reparatur reservierung richtung \
    router rufnummer sache schaden schein schloss schluss schrift schuld schule schutz seite sendung \
    service sicherheit signal spannung sperre sperrung sprache stadt stand station stelle steuer \
    storung strasse strom stuck stunde suche summe system tag tarif tasche taste technik techniker telefon \
    teil termin test text ticket titel token ton tur uberweisung umzug unterlagen unterschrift urlaub \
    verbindung verbrauch verfahren verkauf verlangerung verlust versand versicherung versorgung vertrag \
    vertrage verwaltung vorgang vorlage vorschlag wagen wahl ware wasser wechsel weg werk wert woche wohnung wunsch \
    zahl zahlung zahler zeichen zeit zeitung zentrale zettel zimmer zins zugang zusage zustellung zustand
    """
}
