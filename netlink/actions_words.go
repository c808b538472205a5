package netlink

import (
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// What the descriptions of several kinds of actions share.

// actionWords are what the words of a command say of an action of any kind.
type actionWords struct {
	index   uint32
	control *int32 // nil: what the kind has by default
}

func (w *actionWords) common() *actionWords { return w }

// code is what becomes of the packet.
func (w *actionWords) code(byDefault int32) int32 {
	if w.control == nil {
		return byDefault
	}
	return *w.control
}

// commonOf is that of the kind which is read; its First has made it.
func commonOf(in *desc.Args) *actionWords {
	if w, ok := in.Noted().(interface{ common() *actionWords }); ok {
		return w.common()
	}
	return new(actionWords)
}

// readIndex reads the index of an action.
func readIndex(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	v, err := in.Number(32, 10, "index")
	return set(&commonOf(in).index, v, err)
}

// readAnyIndex is readIndex for kinds that take it in any base.
func readAnyIndex(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	v, err := in.Number(32, 0, "index")
	return set(&commonOf(in).index, v, err)
}

// controlWords begin with "reclassify", whose field they are of.
var controlWords = []string{"pipe", "drop", "shot", "continue", "pass", "ok", "goto", "jump", "trap"}

// readControl reads what becomes of the packet. The word was taken already.
func readControl(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	in.Back()
	code, err := in.Control(false)
	commonOf(in).control = &code
	return err
}

// noteWords makes what the words of a kind are noted in.
func noteWords[T any](in *desc.Args, _ *wire.Encoder) error {
	desc.Scratch[T](in)
	return nil
}

// makeWords does so where there must be some.
func makeWords[T any](in *desc.Args, e *wire.Encoder) error {
	if !in.More() {
		return desc.Incomplete()
	}
	return noteWords[T](in, e)
}

// showActionEnd prints what actions of most kinds have at their end: the index, what refers to them, and times.
func showActionEnd(p *desc.Printer, format string, index uint32, refs, binds int32, tm []byte) {
	p.Uint("index", format, uint64(index))
	p.Int("ref", " ref %d", int64(refs))
	p.Int("bind", " bind %d", int64(binds))
	showTimes(p, tm)
	p.NL()
}

// userHz is how many units of times in messages are in a second (USER_HZ).
const userHz = 100

// showTimes prints when an action was made and used, in seconds.
func showTimes(p *desc.Printer, b []byte) {
	if b == nil || !p.Stats {
		return
	}
	var tm uapi.TcfT
	tm.Decode(b)
	for _, t := range [...]struct {
		key, format string
		v           uint64
	}{
		{"installed", " installed %d sec", tm.Install}, {"last_used", " used %d sec", tm.Lastuse},
		{"first_used", " firstused %d sec", tm.Firstuse}, {"expires", " expires %d sec", tm.Expires},
	} {
		if t.v != 0 {
			p.Uint(t.key, t.format, t.v/userHz)
		}
	}
}

// number16 is an attribute of two bytes, 0 where it is missing.
func number16(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return native.Uint16(b)
}
