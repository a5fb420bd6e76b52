// Names of days that people type, in place of moments.

enum DayNames {
  /// With the moments of such days in place of their names: for people only, as programs are held to what they were told.
  static func completed(_ json: JSON, _ fields: [Field], in call: Call) -> JSON {
    guard call.isForPeople, let members = json.members else { return json }
    return .object(
      members.map { member in
        guard let word = member.value.string, let day = Moment.day(word, now: call.world.now()),
          let field = fields.first(where: { $0.isNamed(member.key) }), case .moment = field.kind
        else { return member }
        return .init(member.key, .string(day.description))
      })
  }
}
