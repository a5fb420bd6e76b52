// The full text of a segment: what each record says, and the index over it.

internal import Dispatch

extension SegmentBuilder {
  func writeIndex(_ file: inout SegmentFile.Writer) {
    let source = RowSource(self)
    writeTexts(source, &file)
    let order = SessionOrder(source, count: rows.count)
    let plans = order.plans(parts: rows.count > 20_000 ? 2 : 1)
    let built = BuiltParts(count: plans.count)
    DispatchQueue.concurrentPerform(iterations: plans.count) {
      built.set($0, PartBuilder.build(plans[$0], from: source))
    }
    file.add(.documentOf, order.documents() ?? Array(0..<UInt32(rows.count)))
    SegmentPart.write(built.parts, to: &file)
  }

  /// Whoever ranks thousands of records would else open thousands of files.
  private func writeTexts(_ source: RowSource, _ file: inout SegmentFile.Writer) {
    var starts: [Int64] = [0]
    starts.reserveCapacity(rows.count + 1)
    file.add(.recordText) { bytes in
      let first = bytes.count
      for record in rows.indices {
        source.appendText(of: record, to: &bytes)
        starts.append(Int64(bytes.count - first))
      }
    }
    file.add(.recordTextStart, starts)
  }

  /// The rows as the index sees them.
  private struct RowSource: SearchSource, @unchecked Sendable {
    private let rows: [Found<Row>]
    private let files: [File]
    private let agents: [ExactText]
    private let heads: [Int]

    init(_ builder: borrowing SegmentBuilder) {
      rows = builder.rows
      files = builder.files
      agents = builder.agents.values
      var first = [Int](repeating: -1, count: builder.sessions.values.count)
      for (record, row) in rows.enumerated() where row.value.session != Segment.noSession {
        if first[Int(row.value.session)] < 0 { first[Int(row.value.session)] = record }
      }
      heads = first
    }

    func document(_ record: Int) -> SearchDocument {
      let row = rows[record]
      return SearchDocument(
        id: row.id.ulid, agent: agents[Int(row.value.agent)].text,
        time: Timestamp(milliseconds: row.value.time),
        importance: row.value.importance.isNaN ? nil : row.value.importance)
    }

    func session(of record: Int) -> Int? {
      let session = rows[record].value.session
      return session == Segment.noSession ? nil : heads[Int(session)]
    }

    func appendText(of record: Int, to bytes: inout [UInt8]) {
      let row = rows[record]
      append(row.value.texts.0, of: row, to: &bytes)
      guard row.value.texts.1.count > 0 else { return }
      bytes.append(UInt8(ascii: "\n"))
      append(row.value.texts.1, of: row, to: &bytes)
    }

    private func append(_ span: TextSpan, of row: Found<Row>, to bytes: inout [UInt8]) {
      files[Int(row.line.file)].bytes.withUnsafeBufferPointer { buffer in
        let start = Int(span.offset)
        let source = UnsafeBufferPointer(rebasing: buffer[start..<start + Int(span.count)])
        guard span.isEscaped else { return bytes.append(contentsOf: source) }
        bytes += [UInt8](unsafeUninitializedCapacity: source.count) {
          $1 = JSONText.unescape(source, into: $0)
        }
      }
    }
  }
}
