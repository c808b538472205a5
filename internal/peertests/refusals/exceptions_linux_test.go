package refusals_test

import "regexp"

// exceptions are the cases that differ, and why they are to.
var exceptions = []struct {
	name   *regexp.Regexp
	always bool   // else only without rights
	reason string // what is done here
}{
	{regexp.MustCompile(`^LinkSetName taken of no such name$`), true,
		"the other library renames the link that has the new name"},
	{regexp.MustCompile(`^LinkSetName of no such name$`), false, "so it is looked up first"},
	{regexp.MustCompile(`^LinkAdd no such master$`), true, "what is refused leaves nothing behind"},
	{regexp.MustCompile(`^BridgeSetMcastSnoop of a bridge$`), true, "only what is to change is sent"},
	{regexp.MustCompile(`^RouteAdd multipath (none|empty)$`), true, "a default route of several next hops"},
	{regexp.MustCompile(`^Rule(Add|ListFiltered) from another family an IP of no bytes$`), true,
		"no address has no family"},
	{regexp.MustCompile(`^AddrAdd with a peer an IP of no bytes$`), true, "no address is not sent"},
	{regexp.MustCompile(`^LinkAdd bad name$`), false, "a bad name is not sent"},
}

// exception returns the reason for a case that is to differ.
func exception(name string, rights bool) (reason string, known bool) {
	for _, e := range exceptions {
		if e.name.MatchString(name) && (e.always || !rights) {
			return e.reason, true
		}
	}
	return "", false
}
