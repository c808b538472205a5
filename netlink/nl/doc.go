// Package nl has the low-level names of github.com/vishvananda/netlink/nl, for
// programs that use them. New programs use package netlink, and package wire
// where they talk netlink themselves.
package nl
