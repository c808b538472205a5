package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func ioamUsage() string {
	return `
ioam namespace show
ioam namespace add ID [ data DATA32 ] [ wide DATA64 ]
ioam namespace del ID
ioam namespace set ID schema { ID | none }
ioam schema show
ioam schema add ID DATA
ioam schema del ID
ioam monitor
`
}

var ioamFamily = cli.GenlFamily{Name: uapi.IOAM6_GENL_NAME, Version: uapi.IOAM6_GENL_VERSION}

// runIOAM is about telemetry in IPv6 packets (RFC 9197): namespaces and schemas. Its words are not abbreviated.
func runIOAM(c *cli.Command) error {
	switch {
	case !c.More() || c.Peek() == "help":
		return c.ShowUsage()
	case c.Take("monitor"):
		return monitorIOAM(c)
	}
	namespace := c.Take("namespace")
	if !namespace && !c.Take("schema") {
		return desc.Wrong(c.Peek(), "Unknown")
	}
	if !c.More() {
		return desc.Incomplete()
	}
	switch {
	case namespace && c.Take("show"):
		return showIOAM(c, uapi.IOAM6_CMD_DUMP_NAMESPACES, showIOAMNamespace)
	case namespace && c.Take("add"):
		return addIOAMNamespace(c)
	case namespace && c.Take("del"):
		return changeIOAM(c, uapi.IOAM6_CMD_DEL_NAMESPACE, nextIOAMNamespace)
	case namespace && c.Take("set"):
		return changeIOAM(c, uapi.IOAM6_CMD_NS_SET_SCHEMA, nextIOAMSetting)
	case !namespace && c.Take("show"):
		return showIOAM(c, uapi.IOAM6_CMD_DUMP_SCHEMAS, showIOAMSchema)
	case !namespace && c.Take("add"):
		return changeIOAM(c, uapi.IOAM6_CMD_ADD_SCHEMA, nextIOAMSchema)
	case !namespace && c.Take("del"):
		return changeIOAM(c, uapi.IOAM6_CMD_DEL_SCHEMA, nextIOAMSchemaID)
	}
	return desc.Wrong(c.Peek(), "Unknown")
}

// changeIOAM sends what read makes of the words.
func changeIOAM(c *cli.Command, cmd uint8, read func(c *cli.Command, e *wire.Encoder) error) error {
	var e wire.Encoder
	if err := read(c, &e); err != nil {
		return err
	}
	r, err := c.GenlRequest(ioamFamily, cmd)
	if err != nil {
		return err
	}
	r.Fail(e.Err())
	copy(r.Raw(len(e.Bytes())), e.Bytes())
	return failed(c, c.Exec(r))
}

func nextIOAMNamespace(c *cli.Command, e *wire.Encoder) error {
	id, err := c.Uint(16, "Invalid namespace ID")
	e.Uint16(uapi.IOAM6_ATTR_NS_ID, uint16(id))
	return err
}

func nextIOAMSchemaID(c *cli.Command, e *wire.Encoder) error {
	id, err := c.Uint(32, "Invalid schema ID")
	e.Uint32(uapi.IOAM6_ATTR_SC_ID, uint32(id))
	return err
}

func nextIOAMSchema(c *cli.Command, e *wire.Encoder) error {
	if err := nextIOAMSchemaID(c, e); err != nil {
		return err
	}
	data, err := c.Next()
	if err != nil {
		return err
	}
	if len(data) > uapi.IOAM6_MAX_SCHEMA_DATA_LEN {
		return desc.Wrong(data, "Schema DATA too big")
	}
	e.Data(uapi.IOAM6_ATTR_SC_DATA, []byte(data))
	return nil
}

func nextIOAMSetting(c *cli.Command, e *wire.Encoder) error {
	if err := nextIOAMNamespace(c, e); err != nil {
		return err
	}
	word, err := c.Next()
	switch {
	case err != nil:
		return err
	case word != "schema":
		return desc.Wrong(word, "Unknown")
	case c.Take("none"):
		e.Flag(uapi.IOAM6_ATTR_SC_NONE)
		return nil
	}
	return nextIOAMSchemaID(c, e)
}

// addIOAMNamespace is "ioam namespace add".
func addIOAMNamespace(c *cli.Command) error {
	return changeIOAM(c, uapi.IOAM6_CMD_ADD_NAMESPACE, func(c *cli.Command, e *wire.Encoder) error {
		if err := nextIOAMNamespace(c, e); err != nil {
			return err
		}
		why := "Invalid argument"
		if c.Take("data") {
			data, err := c.Uint(32, "Invalid data")
			if err != nil {
				return err
			}
			e.Uint32(uapi.IOAM6_ATTR_NS_DATA, uint32(data))
			why = "Unexpected argument"
		}
		if c.Take("wide") {
			word, err := c.Next()
			if err != nil {
				return err
			}
			data, err := desc.ParseHex(word, 64)
			if err != nil {
				return desc.Wrong(word, "Invalid wide data")
			}
			e.Uint64(uapi.IOAM6_ATTR_NS_DATA_WIDE, data)
			why = "Unexpected argument"
		}
		if c.More() {
			return desc.Wrong(c.Peek(), why)
		}
		return nil
	})
}

func showIOAM(c *cli.Command, cmd uint8, show func(p *desc.Printer, attrs desc.Attrs)) error {
	r, err := c.GenlRequest(ioamFamily, cmd)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		return Terminated(c, "Dump", cli.StatusFailed, c.Dump(r, func(m wire.Message) error {
			c.Out.Object("")
			show(c.Out, cli.GenlAttrs(m))
			c.Out.NL()
			c.Out.EndObject()
			return c.Spill()
		}))
	})
}

func showIOAMNamespace(p *desc.Printer, attrs desc.Attrs) {
	p.Uint("namespace", "namespace %d", uint64(cli.Number16(attrs[uapi.IOAM6_ATTR_NS_ID])))
	if b, ok := attrs[uapi.IOAM6_ATTR_SC_ID]; ok {
		p.Uint("schema", " [schema %d]", uint64(cli.Number32(b)))
	}
	if b, ok := attrs[uapi.IOAM6_ATTR_NS_DATA]; ok {
		p.Text(", data %#08x", cli.Number32(b))
		p.Str("data", "", fmt.Sprintf("%x", cli.Number32(b)))
	}
	if b := attrs[uapi.IOAM6_ATTR_NS_DATA_WIDE]; len(b) >= 8 {
		p.Hex("wide", ", wide %#016x", native.Uint64(b))
	}
	ShowUnknown(p, ", %s", attrs, uapi.IOAM6_ATTR_MAX)
}

// showIOAMSchema prints a schema. In JSON its data are an array, where ip has a null and members without a name.
func showIOAMSchema(p *desc.Printer, attrs desc.Attrs) {
	p.Uint("schema", "schema %d", uint64(cli.Number32(attrs[uapi.IOAM6_ATTR_SC_ID])))
	if b, ok := attrs[uapi.IOAM6_ATTR_NS_ID]; ok {
		p.Uint("namespace", " [namespace %d]", uint64(cli.Number16(b)))
	}
	ShowUnknown(p, " [%s]", attrs, uapi.IOAM6_ATTR_MAX)
	p.Text(", data:")
	p.Array("data")
	for _, b := range attrs[uapi.IOAM6_ATTR_SC_DATA] {
		p.Uint("", " %02x", uint64(b))
	}
	p.EndArray()
}

// monitorIOAM is "ioam monitor": the traces of packets for this host, as they come.
func monitorIOAM(c *cli.Command) error {
	return followGenl(c, uapi.IOAM6_GENL_NAME, uapi.IOAM6_GENL_EV_GRP_NAME, func(m wire.Message) error {
		var head uapi.Genlmsghdr
		if head.Decode(m.Data); head.Cmd != uapi.IOAM6_EVENT_TRACE {
			return nil
		}
		c.Out.Reset()
		showIOAMTrace(c.Out, cli.GenlAttrs(m))
		return c.Flush()
	})
}

func showIOAMTrace(p *desc.Printer, attrs desc.Attrs) {
	p.Object("")
	p.Text("[TRACE] ")
	if b, ok := attrs[uapi.IOAM6_EVENT_ATTR_TRACE_NAMESPACE]; ok {
		p.Uint("namespace", "Namespace=%d ", uint64(cli.Number16(b)))
	}
	if b, ok := attrs[uapi.IOAM6_EVENT_ATTR_TRACE_NODELEN]; ok {
		p.Uint("nodelen", "NodeLen=%d ", uint64(cli.Number8(b)))
	}
	if b, ok := attrs[uapi.IOAM6_EVENT_ATTR_TRACE_TYPE]; ok {
		p.Hex("type", "Type=%#06x ", uint64(cli.Number32(b)))
	}
	p.Str("data", "Data=%s", fmt.Sprintf("%x", attrs[uapi.IOAM6_EVENT_ATTR_TRACE_DATA]))
	ShowUnknown(p, " %s", attrs, uapi.IOAM6_EVENT_ATTR_MAX)
	p.EndObject()
	p.Raw("\n")
}
