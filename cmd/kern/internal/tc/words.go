package tc

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// words are those that qdiscs, classes and filters have in common.
type words struct {
	device   string
	handle   uint32
	parent   uint32
	estimate *netlink.Estimator
}

// device takes the name of a device.
func (w *words) takeDevice(c *cli.Command) error {
	word, err := c.Next()
	if err == nil && w.device != "" {
		err = desc.Duplicate("dev", word)
	}
	w.device = word
	return err
}

// takeParent takes the handle of a parent.
func (w *words) takeParent(c *cli.Command) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if w.parent != 0 {
		return desc.Duplicate("parent", word)
	}
	h, ok := desc.ParseClassID(word)
	if !ok {
		return desc.Wrong(word, "invalid parent ID")
	}
	w.parent = h
	return nil
}

// setParent sets a parent that has a name.
func (w *words) setParent(name string, h uint32) error {
	if w.parent != 0 {
		return failed("Error: %q is duplicate parent ID", name)
	}
	w.parent = h
	return nil
}

// index is that of the device, 0 where none was named.
func (w *words) index(c *cli.Command) (int, error) {
	if w.device == "" {
		return 0, nil
	}
	return c.IndexOf(w.device)
}

// speed is how fast the device is, in bits a second.
func (w *words) speed() (float64, error) {
	if w.device == "" {
		return 0, desc.Failed("No device specified; specify device to rate limit by percentage")
	}
	b, err := os.ReadFile("/sys/class/net/" + w.device + "/speed")
	if err != nil {
		return 0, desc.Failed("Cannot read the speed of %q: %s", w.device, cli.Cause(err))
	}
	mbit, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || mbit < 0 {
		return 0, desc.Failed("The speed of %q is not known", w.device)
	}
	return float64(mbit) * 1e6, nil
}

// takeEstimator takes the interval and the time constant of an estimator.
func (w *words) takeEstimator(c *cli.Command) error {
	if w.estimate != nil {
		return desc.Duplicate("estimator", c.Peek())
	}
	times := [2]time.Duration{}
	for i, what := range []string{"invalid estimator interval", "invalid estimator time constant"} {
		word, err := c.Next()
		if err != nil {
			return err
		}
		v, ok := desc.ParseTime(word)
		if !ok {
			return desc.Wrong("estimator", what)
		}
		times[i] = time.Duration(v) * time.Microsecond
	}
	w.estimate = &netlink.Estimator{Interval: times[0], TimeConstant: times[1]}
	var e wire.Encoder
	if w.estimate.Encode(&e); e.Err() != nil {
		return failed("Error: estimator parameters are out of range.")
	}
	return nil
}

// request begins a message about an object of traffic control.
func request(typ, flags uint16, index int, handle, parent, info uint32) *wire.Request {
	r := wire.NewRequest(typ, flags)
	m := uapi.Tcmsg{Ifindex: int32(index), Handle: handle, Parent: parent, Info: info}
	m.Put(r.Header(uapi.SizeofTcmsg))
	return r
}

// options are what the words of a kind became.
type options struct {
	bytes         []byte
	given, nested bool
}

// readKind reads the rest of a command, which is that of a kind; sort is what it is one of, for errors.
func readKind(c *cli.Command, sort, name string, k *desc.Kind, tc *desc.Tc, create bool) (o options, err error) {
	if k == nil {
		if c.More() {
			return o, cli.Exit(1, "Unknown %s %q, hence option %q is unparsable", sort, name, c.Peek())
		}
		return o, nil
	}
	c.Tc, c.Action, c.SetIndex = tc, netlink.DescribeAction, setIndex
	var e wire.Encoder
	err = desc.ReadTc(&c.Args, name, k, &e, create, cli.StatusFailed)
	switch {
	case err != nil:
		return o, ofKind(err)
	case c.More():
		return o, cli.Exit(1, "What is %q?\n%s", c.Peek(), desc.UsageText(name, k))
	}
	b := e.Bytes()
	if len(b) == (k.Header+3)&^3 { // a structure without attributes behind it has no padding
		b = b[:k.Header]
	}
	return options{b, !k.Sparse || len(b) != 0 || tc.Options, k.Nested}, e.Err()
}

// ofKind is an error for words of a kind, which ends with status 1 where nothing else is said.
func ofKind(err error) error {
	var u *desc.UsageError
	if errors.As(err, &u) && u.Status == 0 && u.Text != incomplete {
		return &desc.UsageError{Text: u.Text, Status: cli.StatusFailed}
	}
	return err
}

// incomplete is the text of the error for a command that ends too early, which ends with another status.
var incomplete = desc.Incomplete().Error()

func (o *options) put(r *wire.Request) {
	if !o.given {
		return
	}
	typ := uint16(uapi.TCA_OPTIONS)
	if o.nested {
		typ |= uapi.NLA_F_NESTED
	}
	r.Data(typ, o.bytes)
}

// stab is a table of sizes, and what it is made of.
type stab struct{ netlink.SizeTable }

// read takes the words of a table of sizes.
func (s *stab) read(c *cli.Command) error {
	if c.HelpAsked() || !c.More() {
		return failed("Usage: ... stab [ mtu BYTES ] [ tsize SLOTS ] [ mpu BYTES ]\n                [ overhead BYTES ] [ " +
			"linklayer TYPE ] ...")
	}
	number := func(what string, to *uint32) error {
		if *to != 0 {
			return desc.Duplicate(what, c.Peek())
		}
		word, err := c.Next()
		if err != nil {
			return err
		}
		v, err := desc.ParseBase(word, 10, 32)
		if err != nil {
			return desc.Wrong(what, "invalid "+what)
		}
		*to = uint32(v)
		return nil
	}
	for {
		var err error
		switch {
		case c.TakeAbbr("mtu"):
			err = number("mtu", &s.MTU)
		case c.TakeAbbr("mpu"):
			err = number("mpu", &s.MPU)
		case c.TakeAbbr("overhead"):
			word, next := c.Next()
			v, wrong := strconv.ParseInt(word, 10, 32)
			switch {
			case next != nil:
				err = next
			case s.Overhead != 0:
				err = desc.Duplicate("overhead", word)
			case wrong != nil:
				err = desc.Wrong("overhead", "invalid overhead")
			}
			s.Overhead = int32(v)
		case c.TakeAbbr("tsize"):
			err = number("tsize", &s.TSize)
		case c.TakeAbbr("linklayer"):
			word, next := c.Next()
			l, ok := netlink.LinkLayer(word)
			switch {
			case next != nil:
				err = next
			case s.LinkLayer != 0:
				err = desc.Duplicate("linklayer", word)
			case !ok:
				err = desc.Wrong("linklayer", "invalid linklayer")
			}
			s.LinkLayer = uint32(l)
		case !s.given():
			return failed("stab needs overhead, mpu or linklayer")
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *stab) given() bool {
	return s.LinkLayer >= nl.LINKLAYER_ETHERNET || s.MPU != 0 || s.Overhead != 0
}

// takeBlock takes the index of a block of filters.
func takeBlock(c *cli.Command, what string, to *uint32) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	v, err := desc.ParseUint(word, 32)
	if err != nil || v == 0 {
		return desc.Wrong(word, "invalid "+what)
	}
	*to = uint32(v)
	return nil
}
