package main

// The driver builds this package with a file in the place of this one that has every function, variable and address of
// package unix.

var (
	functions []function
	variables []variable
	sockaddrs []any // a nil pointer of each type of address
)
