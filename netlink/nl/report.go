package nl

// EnableErrorMessageReporting makes errors say more than their number: the
// operation, what it was about, and the kernel's own words (extended
// acknowledgement). It is about all functions of packages netlink and nl, and is set
// before the first of them is called. Without it an error that the kernel returned is a
// bare syscall.Errno.
var EnableErrorMessageReporting bool
