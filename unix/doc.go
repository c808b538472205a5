// Package unix gives Go programs the system calls, constants and structures of Linux, macOS, the BSDs, illumos,
// Solaris and AIX, under the names that golang.org/x/sys/unix has for them.
//
// Functions are thin: one call makes one system call, its error is the bare [syscall.Errno], and
// EINTR is the caller's to handle, as in man-pages section 2.
package unix
