package netlink

import (
	"errors"
	"fmt"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// checkLinkName reports what the kernel would refuse a link's name for.
func checkLinkName(name string) error {
	switch {
	case name == "":
		return errors.New("link name is empty")
	case len(name) >= uapi.IFNAMSIZ:
		return refused(errTooLong, "link name %.128q has %d bytes, at most %d are possible", name, len(name),
			uapi.IFNAMSIZ-1)
	}
	return checkNameBytes(name)
}

// checkNameBytes is about what all names of a link have in common.
func checkNameBytes(name string) error {
	if name == "." || name == ".." {
		return refused(errInvalid, "%.128q cannot be the name of a link", name)
	}
	if i := strings.IndexAny(name, "/: \t\n\v\f\r\x00"); i >= 0 {
		return refused(errInvalid, "link name %.128q holds %q", name, name[i])
	}
	return nil
}

// checkAltName reports what cannot be an alternative name.
func checkAltName(name string) error {
	switch {
	case name == "":
		return errors.New("alternative name is empty")
	case len(name) >= uapi.ALTIFNAMSIZ:
		return refused(errTooLong, "alternative name of %d bytes, at most %d are possible", len(name), uapi.ALTIFNAMSIZ-1)
	}
	return checkNameBytes(name)
}

// LinkSetName renames a link: ip link set DEV name NAME.
func (h *Handle) LinkSetName(link Link, name string) error {
	object := func() string { return linkObject(link) + " name " + fmt.Sprintf("%.128q", name) }
	if err := checkLinkName(name); err != nil {
		return h.refuse(err, "link set", object)
	}
	// The name that finds a link and the one it gets are the same attribute.
	index, err := h.linkIndex(link)
	if err != nil {
		return h.refuse(err, "link set", object)
	}
	r := linkRequest(uapi.RTM_SETLINK, 0, &Device{LinkAttrs{Index: index}})
	r.String(uapi.IFLA_IFNAME, name)
	return h.exec(r, "link set", object)
}

// LinkSetAlias gives a link a text of at most 255 bytes for people to read, ""
// takes it away: ip link set DEV alias NAME.
func (h *Handle) LinkSetAlias(link Link, name string) error {
	return h.linkSet(link, fmt.Sprintf("alias %.256q", name), func(r *wire.Request) { putAlias(&r.Encoder, name) })
}

func checkAlias(alias string) error {
	if len(alias) >= uapi.IFALIASZ {
		return refused(errTooLong, "alias of %d bytes, at most %d are possible", len(alias), uapi.IFALIASZ-1)
	}
	return nil
}

func putAlias(e *wire.Encoder, alias string) {
	e.Fail(checkAlias(alias))
	// Without NUL: the kernel recognises "" by the length.
	e.Data(uapi.IFLA_IFALIAS, []byte(alias))
}

// LinkAddAltName gives a link one more name, of at most 127 bytes, that it can
// be found by (Linux 5.5): ip link property add dev DEV altname NAME.
func (h *Handle) LinkAddAltName(link Link, name string) error {
	return h.altNames("link property add", uapi.RTM_NEWLINKPROP, altNameFlags, link, name)
}

// LinkDelAltName takes an alternative name from a link: ip link property del dev
// DEV altname NAME.
func (h *Handle) LinkDelAltName(link Link, name string) error {
	return h.altNames("link property del", uapi.RTM_DELLINKPROP, 0, link, name)
}

// altNameFlags are those of a request for more names.
const altNameFlags = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL | uapi.NLM_F_APPEND

func (h *Handle) altNames(op string, typ, flags uint16, link Link, names ...string) error {
	r := linkRequest(typ, flags, link)
	r.Nest(uapi.IFLA_PROP_LIST | uapi.NLA_F_NESTED)
	for _, name := range names {
		r.Fail(checkAltName(name))
		r.String(uapi.IFLA_ALT_IFNAME, name)
	}
	r.End()
	return h.linkExec(r, op, link, errInvalid, func() string { return linkObject(link) + " altname " + quoted(names) })
}
