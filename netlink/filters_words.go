package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// What the descriptions of several kinds of filters share.

// readClassID reads the class that a filter chooses.
func readClassID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	h, err := in.ClassID("classid")
	e.Uint32(f.Type, h)
	return err
}

// showFlowID shows it by the name of flowid.
func showFlowID(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		p.Str("flowid", "flowid %s ", p.ClassID(native.Uint32(b)))
	}
}

// readFilterActions reads the actions of a filter.
func readFilterActions(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return desc.ReadActions(in, f.Type, e)
}

// showFilterActions shows them.
func showFilterActions(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		desc.ShowActions(p, b, true)
	}
}

// readFilterPolice reads what filters have had before there were actions.
func readFilterPolice(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	k := (*PoliceAction)(nil).describe()
	e.Nest(f.Type)
	defer e.End()
	return desc.ReadTc(in, "police", &k, e, true, 255)
}

// showFilterPolice shows it.
func showFilterPolice(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		k := (*PoliceAction)(nil).describe()
		desc.Show(p, &k, b)
	}
}

// showFilterPoliceLine shows it on a line of its own.
func showFilterPoliceLine(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if b != nil {
		p.NL()
		showFilterPolice(p, f, b, attrs)
	}
}

// readIndev reads the name of the device that packets came by.
func readIndev(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	name, err := in.Next()
	if err == nil {
		e.String(f.Type, name[:min(len(name), uapi.IFNAMSIZ)])
	}
	return err
}

// readSkip reads "skip_hw" and "skip_sw", which are flags of one attribute.
func readSkip(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	bit := uint32(uapi.TCA_CLS_FLAGS_SKIP_HW)
	if in.Last() == "skip_sw" {
		bit = uapi.TCA_CLS_FLAGS_SKIP_SW
	}
	b := in.Written(e, f.Type)
	if b == nil {
		e.Uint32(f.Type, bit)
		return nil
	}
	bit |= native.Uint32(b)
	native.PutUint32(b, bit)
	if bit == uapi.TCA_CLS_FLAGS_SKIP_HW|uapi.TCA_CLS_FLAGS_SKIP_SW {
		return desc.Failed("skip_hw and skip_sw are mutually exclusive")
	}
	return nil
}

var skipWords = []string{"skip_sw"}

// showSkip shows them, and whether the filter is in hardware, each in a format.
func showSkip(p *desc.Printer, b []byte, format string) {
	if len(b) < 4 {
		return
	}
	flags := native.Uint32(b)
	flag := func(key string, on bool) {
		if on {
			p.Bool(key, fmt.Sprintf(format, key), true)
		}
	}
	flag("skip_hw", flags&uapi.TCA_CLS_FLAGS_SKIP_HW != 0)
	flag("skip_sw", flags&uapi.TCA_CLS_FLAGS_SKIP_SW != 0)
	flag("in_hw", flags&uapi.TCA_CLS_FLAGS_IN_HW != 0)
	flag("not_in_hw", flags&(uapi.TCA_CLS_FLAGS_IN_HW|uapi.TCA_CLS_FLAGS_NOT_IN_HW) == uapi.TCA_CLS_FLAGS_NOT_IN_HW)
}

// showSkipInLine shows them in the line of the filter.
func showSkipInLine(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) { showSkip(p, b, "%s ") }

// showSkipLines shows each on a line of its own.
func showSkipLines(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) { showSkip(p, b, "\n  %s") }

// firstNumbered reads a handle that is a number.
func firstNumbered(in *desc.Args, _ *wire.Encoder) error {
	if in.Tc == nil || in.Tc.HandleWord == "" {
		return nil
	}
	h, err := desc.ParseUint(in.Tc.HandleWord, 32)
	if err != nil {
		return desc.Illegal("handle")
	}
	in.Tc.Handle = uint32(h)
	return nil
}

// filterHandle is the handle of the filter that is shown.
func filterHandle(p *desc.Printer) uint32 {
	if p.Tc == nil {
		return 0
	}
	return p.Tc.Handle
}
