// Package wire is the TR50 codec that server, agent and simulator share: what
// is on the wire as Go types, and nothing that decides. It does no I/O, knows no
// network and imports nothing of ours.
//
// A [Request] holds commands in the order of its JSON object, a [Reply] one
// [Answer] for each of them in the same order. The parameters of a command stay
// raw until [Decode] reads them into the type that carries the command's noun:
// [MailboxAck] for mailbox.ack, [FileGet] for file.get, [ParsePropertyBatch] for
// property.batch, and so on.
//
// Reading is tolerant where clients in the field are known to differ: numbers as
// strings, null fields, absent parameters, duplicate keys (the last one wins),
// timestamps with and without fraction. Writing has one form only.
//
// What comes from outside is bounded before it is kept: [MaxCommands],
// [MaxBatchItems], the limit of [Inflate]. The size of a message is the
// transport's business, its depth that of encoding/json (10,000).
//
// Rules carry their source as "TR50 1.4", a section of the reference.
package wire
