package netlink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kern.sys/internal/hamt"
	"kern.sys/netlink/wire"
)

// VerifyError lists the differences between a [Mirror] and the kernel.
type VerifyError struct{ Differences []string }

func (e *VerifyError) Error() string {
	const few = 5
	n := len(e.Differences)
	text := fmt.Sprintf("%d differences between mirror and kernel: %s", n,
		strings.Join(e.Differences[:min(n, few)], "; "))
	if n > few {
		text += "; …"
	}
	return text
}

// The kernel announces some changes a little later than it shows them, such as the state of a link
// whose carrier changed. So a difference counts when it has lasted for verifyPatience. Between
// comparisons Verify waits for events, at most for verifyPause.
var verifyPatience = 3 * time.Second

const verifyPause = 50 * time.Millisecond

// errBusy is the error of Verify for tables that never stop changing.
var errBusy = errors.New("the tables changed each time they were read")

// Verify reads the tables and compares them with the mirror: a [*VerifyError] lists the
// differences. First it does the repairs that are due, and it compares again, for some seconds,
// while tables change or events may be on their way. Tables that differed are read again.
func (m *Mirror) Verify(ctx context.Context) error {
	var found VerifyError
	for _, f := range m.followers {
		var err error
		if e := f.order(ctx, func(fctx context.Context) { err = f.verify(fctx) }); e != nil {
			return wire.Annotate(e, "mirror verify", noObject)
		}
		differ, ok := err.(*VerifyError)
		switch {
		case ok:
			found.Differences = append(found.Differences, differ.Differences...)
		case err != nil:
			return err
		}
	}
	if found.Differences != nil {
		return &found
	}
	return nil
}

// verify is called by the follower's goroutine.
func (f *follower) verify(ctx context.Context) error {
	for end := time.Now().Add(verifyPatience); ; {
		rested, differences, err := f.compare(ctx)
		switch {
		case err != nil:
			return err
		case rested && differences == nil:
			return nil
		case time.Now().Before(end):
		case rested:
			for _, p := range f.parts {
				p.dirty = true
			}
			return &VerifyError{differences}
		default:
			return errBusy
		}
		if differences != nil {
			if err := f.receive(ctx, verifyPause); err != nil && !errors.Is(err, wire.ErrTimeout) {
				return err
			}
		}
	}
}

// compare reports whether nothing changed while it compared.
func (f *follower) compare(ctx context.Context) (rested bool, differences []string, err error) {
	for _, p := range f.parts {
		p.notUntil = p.notUntil.AddDate(-1, 0, 0) // repairs that wait are due now
	}
	if err := f.repair(ctx); err != nil {
		return false, nil, err
	}
	before := f.snapshot()
	for _, p := range f.parts {
		fresh, err := f.read(ctx, p)
		if errors.Is(err, ErrDumpInterrupted) {
			return false, nil, nil
		}
		if err != nil {
			return false, nil, err
		}
		differences = append(differences, p.differences(&fresh)...)
	}
	if err := f.drain(ctx); err != nil {
		return false, nil, err
	}
	rested = f.snapshot().since(before, func(Event) bool { return false })
	for _, p := range f.parts {
		rested = rested && (!p.dirty || p.every != 0)
	}
	return rested, differences, nil
}

// differences lists where the part differs from the kernel's.
func (p *partState) differences(kernel *hamt.Map[[]string]) []string {
	var all []string
	same := func(a, b []string) bool {
		a, b = slices.Clone(a), slices.Clone(b)
		return !p.announcesAll(a) || !p.announcesAll(b) || slices.Equal(a, b)
	}
	for c := range hamt.Diff(&p.objects, kernel, same) {
		var mirror, kernel []string
		if c.Old != nil {
			mirror = *c.Old
		}
		if c.New != nil {
			kernel = *c.New
		}
		if !same(mirror, kernel) {
			all = append(all, p.difference(mirror, kernel))
		}
	}
	return all
}

// announcesAll strips fields that change without notification, and reports whether the kernel
// announces all of the objects.
func (p *partState) announcesAll(objects []string) bool {
	for i, raw := range objects {
		b := []byte(raw)
		if p.announced != nil && !p.announced(b) {
			return false
		}
		objects[i] = string(b)
	}
	return true
}

// difference describes how the objects of one key differ.
func (p *partState) difference(mirror, kernel []string) string {
	if len(mirror) != 1 || len(kernel) != 1 {
		return fmt.Sprintf("%s: mirror %s, kernel %s", p.name, hexOf(mirror), hexOf(kernel))
	}
	a, b := mirror[0], kernel[0]
	if a[:p.header] != b[:p.header] {
		return fmt.Sprintf("%s: mirror has header %x, kernel %x", p.name, a[:p.header], b[:p.header])
	}
	return fmt.Sprintf("%s, header %x: mirror has %s", p.name, a[:p.header],
		attrDifference(wire.NewDecoderAfter([]byte(a), p.header), wire.NewDecoderAfter([]byte(b), p.header)))
}

// attrDifference describes the first attribute that differs, by its types from the outermost to the innermost.
func attrDifference(d, e wire.Decoder) string {
	for {
		x, y := d.Next(), e.Next()
		both := x && y && d.Type() == e.Type()
		switch {
		case !x && !y:
			return "the same attributes"
		case both && bytes.Equal(d.Data(), e.Data()):
		case both && isNest(d.Data()) && isNest(e.Data()):
			return fmt.Sprintf("attribute %d, %s", d.Type(), attrDifference(d.Nested(), e.Nested()))
		default:
			return fmt.Sprintf("attribute %s, kernel %s", attrText(&d, x), attrText(&e, y))
		}
	}
}

func attrText(d *wire.Decoder, has bool) string {
	if !has {
		return "none"
	}
	return fmt.Sprintf("%d %.128x", d.Type(), d.Data())
}

// isNest reports whether the bytes can be attributes.
func isNest(b []byte) bool {
	d := wire.NewDecoder(b)
	some := false
	for d.Next() {
		some = true
	}
	return some && d.Err() == nil
}
