package rdma

import (
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// name is that of a number.
func name(names []string, b []byte, unknown string) string {
	if n := cli.Number(b); n < uint64(len(names)) && names[n] != "" {
		return names[n]
	}
	return unknown
}

// endLine ends an object. Also JSON has each on a line of its own.
func endLine(p *desc.Printer) {
	p.EndObject()
	p.Raw("\n")
}

// nextLine goes on with an object on another line.
func nextLine(p *desc.Printer) {
	p.NL()
	p.Text("    ")
}

func showText(p *desc.Printer, a desc.Attrs, typ uint16, key string) {
	if b := a[typ]; b != nil {
		p.Str(key, key+" %s ", cli.Text(b))
	}
}

func showNumber(p *desc.Printer, a desc.Attrs, typ uint16, key string) {
	if b := a[typ]; b != nil {
		p.Text("%s ", key) // which may be the kernel's, and is no format
		p.Uint(key, "%d ", cli.Number(b))
	}
}

// showGUID shows a number of 64 bits in four groups.
func showGUID(p *desc.Printer, a desc.Attrs, typ uint16, key string) {
	if b := a[typ]; b != nil {
		p.Str(key, key+" %s ", guidText(cli.Number(b)))
	}
}

func guidText(v uint64) string {
	const hex = "0123456789abcdef"
	var text strings.Builder
	for shift := 60; shift >= 0; shift -= 4 {
		text.WriteByte(hex[v>>shift&15])
		if shift%16 == 0 && shift != 0 {
			text.WriteByte(':')
		}
	}
	return text.String()
}

// showModeration shows whether interrupts of completion queues are moderated by the load.
func showModeration(p *desc.Printer, a desc.Attrs) {
	if b := a[uapi.RDMA_NLDEV_ATTR_DEV_DIM]; len(b) == 1 && b[0] <= 1 {
		p.OnOff("adaptive-moderation", "adaptive-moderation %s ", b[0] == 1)
	}
}

// showCaps shows the bits of what a device or a port can do.
func showCaps(p *desc.Printer, a desc.Attrs, names []string) {
	b := a[uapi.RDMA_NLDEV_ATTR_CAP_FLAGS]
	if b == nil {
		return
	}
	nextLine(p)
	p.Text("caps: <")
	p.Array("caps")
	for i, bits := 0, cli.Number(b); bits != 0; i, bits = i+1, bits>>1 {
		if bits&1 == 0 {
			continue
		}
		format := "%s"
		if bits > 1 {
			format = "%s, "
		}
		word := "UNKNOWN"
		if i < len(names) && names[i] != "" {
			word = names[i]
		}
		p.Str("", format, word)
	}
	p.EndArray()
	p.Text(">")
}

// showDevice begins a line about something of a device.
func showDevice(p *desc.Printer, d device) {
	p.Uint("ifindex", "", uint64(d.index))
	p.Str("ifname", "dev %s ", d.name)
}

// showPort begins a line about something of a port, or of none.
func showPort(p *desc.Printer, d device, a desc.Attrs) {
	p.Uint("ifindex", "", uint64(d.index))
	p.Str("ifname", "link %s/", d.name)
	if b := a[uapi.RDMA_NLDEV_ATTR_PORT_INDEX]; b != nil {
		p.Uint("port", "%d ", cli.Number(b))
	} else {
		p.Text("- ")
	}
}

// showRaw shows the bytes that a device has of an object.
func showRaw(p *desc.Printer, b []byte) {
	p.Array("data")
	for _, c := range b {
		p.Uint("", "%d", uint64(c))
	}
	p.EndArray()
	p.Text(">")
}

// lineWidth is how much of a driver's words go on one line.
const lineWidth = 80

// showDriver shows what a driver tells of an object, with -dd: names, each with a value and perhaps its form.
func showDriver(p *desc.Printer, b []byte) {
	nextLine(p)
	key, hex, width := "", false, 0
	d := wire.NewDecoder(b)
	for d.Next() {
		if width > lineWidth {
			nextLine(p)
			width = 0
		}
		switch {
		case d.Type() == uapi.RDMA_NLDEV_ATTR_DRIVER_STRING && key == "":
			key = "drv_" + d.String()
			continue
		case key == "":
			return
		case d.Type() == uapi.RDMA_NLDEV_ATTR_DRIVER_PRINT_TYPE:
			hex = d.Uint8() == uapi.RDMA_NLDEV_PRINT_TYPE_HEX
			continue
		}
		before := len(p.Bytes())
		showDriverValue(p, key, hex, d.Type(), &d)
		if d.Type() != uapi.RDMA_NLDEV_ATTR_DRIVER_STRING {
			width += len(p.Bytes()) - before
		}
		key, hex = "", false
	}
}

func showDriverValue(p *desc.Printer, key string, hex bool, typ uint16, d *wire.Decoder) {
	p.Text("%s ", key)
	form := "%d "
	if hex {
		form = "%#x "
	}
	switch typ {
	case uapi.RDMA_NLDEV_ATTR_DRIVER_STRING:
		p.Str(key, "%s ", d.String())
	case uapi.RDMA_NLDEV_ATTR_DRIVER_U32, uapi.RDMA_NLDEV_ATTR_DRIVER_U64:
		p.Uint(key, form, cli.Number(d.Data()))
	case uapi.RDMA_NLDEV_ATTR_DRIVER_S32:
		v := d.Uint32()
		if hex {
			p.Uint(key, form, uint64(v))
		} else {
			p.Int(key, form, int64(int32(v)))
		}
	case uapi.RDMA_NLDEV_ATTR_DRIVER_S64:
		v := d.Uint64()
		if hex {
			p.Uint(key, form, v)
		} else {
			p.Int(key, form, int64(v))
		}
	}
}
