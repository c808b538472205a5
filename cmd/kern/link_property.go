package main

import (
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// linkProperty is ip link property: alternative names.
func linkProperty(c *command) error {
	if !c.More() {
		return c.showUsage()
	}
	verb, err := c.Next()
	switch {
	case err != nil:
		return err
	case strings.HasPrefix("add", verb):
		return c.changeAltNames(uapi.RTM_NEWLINKPROP, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL|uapi.NLM_F_APPEND)
	case strings.HasPrefix("delete", verb):
		return c.changeAltNames(uapi.RTM_DELLINKPROP, 0)
	case strings.HasPrefix("help", verb):
		return c.showUsage()
	}
	return exit(statusUsage, "Operator required")
}

func (c *command) changeAltNames(typ, flags uint16) error {
	var dev string
	var names []string
	for c.More() {
		word, err := c.Next()
		if err != nil {
			return err
		}
		switch {
		case word == "altname":
			if word, err = c.Next(); err != nil {
				return err
			}
			if !validAltName(word) {
				return desc.Wrong(word, "not a valid altname")
			}
			names = append(names, word)
			continue
		case word == "dev":
			if word, err = c.Next(); err != nil {
				return err
			}
		case strings.HasPrefix("help", word):
			return c.showUsage()
		}
		if dev != "" {
			return garbage("dev", word)
		}
		dev = word
	}
	if dev == "" {
		return exit(statusUsage, "Not enough of information: \"dev\" argument is required.")
	}
	index, err := c.linkIndex(dev)
	if err != nil {
		return err
	}
	r := wire.NewRequest(typ, flags)
	ifi := uapi.Ifinfomsg{Index: int32(index)}
	ifi.Put(r.Header(uapi.SizeofIfinfomsg))
	r.Nest(uapi.IFLA_PROP_LIST | uapi.NLA_F_NESTED)
	for _, name := range names {
		r.String(uapi.IFLA_ALT_IFNAME, name)
	}
	r.End()
	defer c.forgetLinks()
	return c.exec(r)
}
