// What asks for the present, and what tells that something changed, in English, German, Spanish, French and Portuguese.

enum UpdateWords {
  /// Whether a question for a thing, a number, a time or a person is asked in the present: "When is", "How many … have I".
  /// What was is asked in the past ("When did"), and a way to do something ("How do I") is neither.
  /// - Parameter words: of the query, folded, in order.
  static func asksWhatHolds(_ words: [String]) -> Bool {
    guard let first = words.first else { return false }
    let second = words.count > 1 ? words[1] : ""
    let asks =
      asking.contains(first)
      || before.contains(first) && asking.contains(second)
      || ["how", "wie"].contains(first) && amounts.contains(second)
    guard asks else { return false }
    for word in words.dropFirst() {
      if past.contains(word) { return false }
      if present.contains(word) { return true }
    }
    return !now.isDisjoint(with: words)
  }

  /// Whether one of the words of change stands in a folded text.
  static func tellChange(_ folded: [UInt8]) -> Bool {
    folded.split { !ByteClass.table[Int($0)].isWord }.contains { word in
      whole.contains(TermHash.of(word))
        || beginnings.contains { word.count >= $0.count && word.starts(with: $0) }
    }
  }

  private static func set(_ words: String) -> Set<String> {
    Set(words.split(separator: " ").map(String.init))
  }

  private static let asking = set(
    """
    what when where who which whose whom was wann wo wer wieviel wieviele welche welcher welches que cual cuales cuando donde quien cuanto cuanta \
    cuantos cuantas quel quelle quels quelles quand qui combien ou qual quais quando onde quem quanto quanta quantos \
    quantas
    """)
  private static let before = set(
    "by at in on for to with from um bis ab in mit a de en por para con pour avec jusqu com ate")
  private static let amounts = set(
    "many much long often old far late large big high tall soon viel viele lange oft alt hoch gross weit spat"
  )
  private static let past = set(
    """
    did was were had war waren hatte hatten wurde wurden fue era estaba fueron tenia habia etait fut avait furent \
    foi eram tinha foram havia
    """)
  private static let present = set(
    """
    is are am do does have has should can will isn aren s ist sind hat habe haben gilt \
    gelten kostet muss soll es son esta estan hay tiene tengo tienen cuesta debo est sont ai ont coute dois e sao \
    esta estao tem tenho custa devo
    """)
  private static let now = set(
    """
    now current currently latest newest still today jetzt aktuell aktuelle aktueller derzeit heute ahora actual \
    actualmente hoy actuel actuelle actuellement maintenant agora atual atualmente hoje
    """)

  private static let whole: Set<UInt64> = Set(
    """
    now longer instead new newest latest recent recently meanwhile just currently already lately move moved moving \
    grew grown grow become became becomes added lowered dropped jetzt nun neu neue neuer neues neuen statt inzwischen \
    mittlerweile bereits ahora ya nuevo nueva nuevos nuevas maintenant desormais nouveau nouvelle nouveaux deja agora \
    novo nova novos novas ja
    """.split(separator: " ").map { TermHash.of($0.utf8) })

  /// Of the words that change their ends.
  private static let beginnings: [[UInt8]] =
    """
    updat chang increas decreas reduc rais extend shorten postpon delay reschedul adjust improv switch replac upgrad \
    downgrad reach revis correct cancel renam verschob verleg verlanger verkurz erhoh gesenkt reduzier geander andert \
    aktualisier ersetz gekundigt storniert umgezogen cambi aumenta aument redujo reduj ampli aplaz reprogram actualiz \
    sustitu cancel mejor chang augment redui prolong repouss report remplac annul amelior mudou mudei aument reduz \
    estend adi remarc atualiz substitu melhor
    """.split(separator: " ").map { Array($0.utf8) }
}
