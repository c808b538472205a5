// Package uapi has the constants and the wire structures of the kernel's netlink interfaces, by their names in
// its headers. It is portable: what differs between architectures is in kern.sys/unix.
//
// Structures have no layout of their own: Decode reads one from bytes, Put writes it to some. Numbers are in
// the byte order of the host, but for fields that the headers say are in network byte order, which are
// big-endian on the wire. Fields that only pad are left out. Go's names are C's in mixed case: struct
// ifla_vf_mac is IflaVfMac, and ifi_index is Index where all fields of a structure share a prefix.
//
// All of it is generated; docs/abi.md says how to add to it.
package uapi
