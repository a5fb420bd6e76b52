// Words that say too little to be searched for.

/// English function words, in lower case and without apostrophes, as the tokenizer sees them.
enum StopWords {
  static let words: Set<String> = Set(
    """
    a about after again all also am an and any are arent as at be because been before being but by \
    can cannot cant could couldnt did didnt do does doesnt doing dont done for from had hadnt has \
    hasnt have havent having he hed her here heres hers him his how i id if im in into is isnt it \
    its ive just ll me mine more most my no nor not now of off on once only or other our ours out \
    over own re same she should shouldnt so some such than that thats the their theirs them then \
    there theres these they theyd theyll theyre theyve this those through to too under until up us \
    ve very was wasnt we well were werent weve what whats when where which while who whom whos why \
    will with wont would wouldnt yet you youd youll your youre yours youve
    """.split(separator: " ").map(String.init))

  /// The hashes of the words, for a test without strings.
  static let hashes: Set<UInt64> = Set(words.map { TermHash.of($0.utf8) })
}
