package nl

// EnableErrorMessageReporting makes errors that the kernel has words for (extended
// acknowledgement) say these, the operation, and what it was about. It is about all functions of packages netlink and
// nl, and is set before the first of them is called. Without it an error that the kernel returned is a
// bare syscall.Errno.
var EnableErrorMessageReporting bool
