package vdpa

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// handle is the name of a management device, behind that of its bus where it has one.
type handle struct{ bus, name string }

func nextHandle(c *cli.Command) (h handle, err error) {
	if !c.More() {
		return h, failed("vdpa identification (\"mgmtdev_bus_name/mgmtdev_name\") expected")
	}
	word, err := c.Next()
	if err != nil {
		return h, err
	}
	switch strings.Count(word, "/") {
	case 0:
		return handle{"", word}, nil
	case 1:
		h.bus, h.name, _ = strings.Cut(word, "/")
		return h, nil
	}
	return h, failed("Wrong vdpa mgmtdev identification string format\nExpected \"mgmtdev_bus_name/mgmtdev_name\"\n" +
		"Expected \"mgmtdev_name\"")
}

func (h handle) put(r *wire.Request) {
	if h.bus != "" {
		r.String(uapi.VDPA_ATTR_MGMTDEV_BUS_NAME, h.bus)
	}
	r.String(uapi.VDPA_ATTR_MGMTDEV_DEV_NAME, h.name)
}

func (h handle) String() string {
	if h.bus != "" {
		return h.bus + "/" + h.name
	}
	return h.name
}

// handleOf is the handle in an answer.
func handleOf(a desc.Attrs) handle {
	return handle{cli.Text(a[uapi.VDPA_ATTR_MGMTDEV_BUS_NAME]), cli.Text(a[uapi.VDPA_ATTR_MGMTDEV_DEV_NAME])}
}

// option is a keyword with a value.
type option struct {
	word  string
	exact bool
	read  func(c *cli.Command) (put func(*wire.Request), err error)
}

// nextOptions takes options to the end. What they put into a request comes in the order of the table.
func nextOptions(c *cli.Command, r *wire.Request, table []option, required ...string) error {
	puts := make([]func(*wire.Request), len(table))
next:
	for c.More() {
		for i, o := range table {
			if c.Take(o.word) || !o.exact && c.TakeAbbr(o.word) {
				var err error
				if puts[i], err = o.read(c); err != nil {
					return err
				}
				continue next
			}
		}
		return failed("Unknown option \"%s\"", c.Peek())
	}
	for i, o := range table {
		if puts[i] != nil {
			puts[i](r)
			continue
		}
		for _, message := range required {
			if strings.HasPrefix(message, o.word+": ") {
				return failed("%s", strings.TrimPrefix(message, o.word+": "))
			}
		}
	}
	return nil
}

// What commands that lack a word say.
const (
	needMgmtdev = "mgmtdev: management device handle not set."
	needName    = "name: device name is not set."
)

// Options by their keywords.
var (
	mgmtdevOption = option{"mgmtdev", false, func(c *cli.Command) (func(*wire.Request), error) {
		h, err := nextHandle(c)
		return h.put, err
	}}
	nameOption = option{"name", false, func(c *cli.Command) (func(*wire.Request), error) {
		name, err := nextName(c)
		return func(r *wire.Request) { r.String(uapi.VDPA_ATTR_DEV_NAME, name) }, err
	}}
	macOption = option{"mac", true, func(c *cli.Command) (func(*wire.Request), error) {
		word, err := nextName(c)
		if err != nil {
			return nil, err
		}
		mac, err := cli.ParseLLAddr(word)
		if err == nil && len(mac) > macLen {
			err = failed("\"%s\" is invalid lladdr.", word)
		}
		mac = append(mac, make([]byte, max(macLen-len(mac), 0))...)
		return func(r *wire.Request) { r.Data(uapi.VDPA_ATTR_DEV_NET_CFG_MACADDR, mac) }, err
	}}
	mtuOption = option{"mtu", true, func(c *cli.Command) (func(*wire.Request), error) {
		n, err := nextNumber(c, 16, desc.ParseUint)
		return func(r *wire.Request) { r.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MTU, uint16(n)) }, err
	}}
	maxVQPOption = option{"max_vqp", false, func(c *cli.Command) (func(*wire.Request), error) {
		n, err := nextNumber(c, 16, desc.ParseUint)
		return func(r *wire.Request) { r.Uint16(uapi.VDPA_ATTR_DEV_NET_CFG_MAX_VQP, uint16(n)) }, err
	}}
	queueOption = option{"qidx", true, func(c *cli.Command) (func(*wire.Request), error) {
		n, err := nextNumber(c, 32, desc.ParseUint)
		return func(r *wire.Request) { r.Uint32(uapi.VDPA_ATTR_DEV_QUEUE_INDEX, uint32(n)) }, err
	}}
	featuresOption = option{"device_features", true, func(c *cli.Command) (func(*wire.Request), error) {
		n, err := nextNumber(c, 64, desc.ParseHex)
		return func(r *wire.Request) { r.Uint64(uapi.VDPA_ATTR_DEV_FEATURES, n) }, err
	}}
)

// macLen is the length of an Ethernet address.
const macLen = 6

func nextName(c *cli.Command) (string, error) {
	if !c.More() {
		return "", failed("String parameter expected")
	}
	return c.Next()
}

func nextNumber(c *cli.Command, bits int, parse func(word string, bits int) (uint64, error)) (uint64, error) {
	if !c.More() {
		return 0, failed("number expected")
	}
	word, err := c.Next()
	if err != nil {
		return 0, err
	}
	n, err := parse(word, bits)
	if err != nil {
		return 0, failed("\"%s\" is no number of %d bits", word, bits)
	}
	return n, nil
}
