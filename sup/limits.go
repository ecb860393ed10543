package sup

// Limits of the format. Each is checked before memory is made for what it
// bounds; all sizes are bytes.
const (
	MaxManifest   = 1 << 20   // the manifest, outside its envelope
	MaxEnvelope   = 2 << 20   // the envelope member
	MaxSignatures = 32        // signatures of one envelope
	MaxMembers    = 10_000    // members beside the envelope
	MaxActions    = 1_000     // actions of one manifest
	MaxComponent  = 255       // one element of a path
	MaxPath       = 1024      // a whole path
	MaxMemberSize = 1<<33 - 1 // one member: what eleven octal digits hold
	MaxTotalSize  = 1 << 34   // all members together, 16 GiB
	MaxCounter    = 1<<53 - 1 // the release counter: what every JSON reader holds exactly
	MaxName       = 100       // a package's name, its version, a word of the compatibility
	MaxText       = 4096      // the description
	MaxWords      = 1000      // words of one list of the compatibility
	MaxTimeout    = 7 * 86400 // seconds, of a run or an action
	maxKeyFile    = 4096      // the text of a key

	defaultActionTimeout = 600 // seconds
	maxSource            = MaxManifest
)
