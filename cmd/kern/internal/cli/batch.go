package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"kern.sys/netlink/wire"
)

// batch runs the commands in a file, "-" for standard input, one a line. It
// stops at the first that fails, or at none with -force.
func (s *Session) batch(file string) int {
	in, size := s.Stdin, int64(0)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return s.Report(Exit(StatusFailed, "Cannot open file %q for reading: %s", file, Cause(err)))
		}
		defer f.Close()
		in = f
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
			size = st.Size()
		}
	}
	b := &batch{s: s, file: file, lines: newLineReader(in), bar: newProgress(s.Stderr, size)}
	if s.Force {
		// Later lines are run whatever becomes of one, so the kernel may be
		// given many at once.
		s.pending = &pending{b: b}
	}
	code := b.run()
	b.bar.clear()
	return code
}

// batch is a file of commands being run.
type batch struct {
	s     *Session
	file  string
	lines *lineReader
	bar   *progress
	code  int
}

func (b *batch) run() int {
	for {
		line, err := b.lines.next()
		if err == io.EOF {
			break
		}
		var words []string
		if err == nil {
			words, err = SplitWords(line)
		} else {
			err = Exit(StatusFailed, "Cannot read file %q: %s", b.file, Cause(err))
		}
		if err == nil && len(words) != 0 {
			err = b.s.Do(words)
		}
		if err != nil && b.s.pending != nil {
			b.s.pending.flush() // what was queued before it is reported before it
		}
		b.bar.show(b.lines.bytes, b.lines.line)
		code := b.report(err, b.lines.line)
		switch {
		case code == 0 || b.s.Force:
		case code == StatusUsage: // ip leaves at once where words make no sense
			return code
		default:
			return b.code
		}
		if b.lines.failed {
			return b.code
		}
	}
	if b.s.pending != nil {
		b.s.pending.flush()
	}
	return b.code
}

// report shows what a line ended with, and notes its exit status.
func (b *batch) report(err error, line int) int {
	if err != nil || len(b.s.Out.Bytes()) != 0 {
		b.bar.clear()
	}
	code := b.s.report(err)
	if code != 0 {
		fmt.Fprintf(b.s.Stderr, "Command failed %s:%d\n", b.file, line)
		b.code = StatusFailed
	}
	return code
}

// lineReader reads lines, joins those that end in a backslash to the next, and
// counts them.
type lineReader struct {
	r      *bufio.Reader
	line   int
	bytes  int64
	failed bool
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, 64<<10)}
}

func (l *lineReader) next() (string, error) {
	var joined strings.Builder
	for {
		line, err := l.r.ReadString('\n')
		l.bytes += int64(len(line))
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			l.failed = true
			return "", err
		case err != nil && line == "" && joined.Len() == 0:
			return "", io.EOF
		}
		l.line++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		more, ok := strings.CutSuffix(line, `\`)
		joined.WriteString(more)
		if !ok || err != nil {
			return joined.String(), nil
		}
	}
}

// SplitWords cuts a line at white space. A word that begins with a quotation
// mark goes to the next such mark. # begins a comment.
func SplitWords(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" || line[0] == '#' {
			return words, nil
		}
		if q := line[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(line[1:], q)
			if end < 0 {
				return nil, Exit(StatusFailed, "Unterminated quoted string")
			}
			words = append(words, line[1:1+end])
			line = line[end+2:]
			continue
		}
		end := strings.IndexAny(line, " \t\r\n#")
		if end < 0 {
			end = len(line)
		}
		words = append(words, line[:end])
		line = line[end:]
	}
}

// pending are changes of a batch that are sent together.
type pending struct {
	b        *batch
	wire     *wire.Batch
	protocol int // of netlink, of all that is in it
	lines    []int
}

// pendingMax is how many changes are gathered.
const pendingMax = 1024

// add queues a change. What becomes of it is reported by flush.
func (q *pending) add(r *wire.Request) error {
	if q.wire == nil || q.protocol != r.Protocol {
		c, err := q.b.s.DialTo(r.Protocol) // which sends what is queued
		if err != nil {
			return err
		}
		q.wire, q.protocol = c.NewBatch(), r.Protocol
	}
	q.wire.Add(r)
	q.lines = append(q.lines, q.b.lines.line)
	if len(q.lines) >= pendingMax {
		q.flush()
	}
	return nil
}

// flush sends what is queued, and reports the lines that failed. What the line
// under way has printed stays behind that.
func (q *pending) flush() {
	if len(q.lines) == 0 {
		return
	}
	lines := q.lines
	q.lines = nil
	for i, err := range q.wire.Flush(q.b.s.Ctx) {
		if err != nil {
			q.b.report(err, lines[i])
		}
	}
}

// progress is a bar on a terminal that shows how much of a file is done.
type progress struct {
	w     io.Writer
	size  int64 // 0: not known
	due   time.Time
	shown bool
}

// newProgress returns a bar on w, or nil if w is no terminal.
func newProgress(w io.Writer, size int64) *progress {
	if !IsTerminal(w) {
		return nil
	}
	return &progress{w: w, size: size, due: time.Now().Add(barPause)}
}

const (
	barPause = 100 * time.Millisecond // between two drawings; what is quicker shows no bar
	barWidth = 40
)

// show draws the bar, if the last drawing is long ago.
func (p *progress) show(bytes int64, lines int) {
	if p == nil || time.Now().Before(p.due) {
		return
	}
	p.due, p.shown = time.Now().Add(barPause), true
	if p.size == 0 {
		fmt.Fprintf(p.w, "\r%d lines", lines)
		return
	}
	done := int(min(bytes, p.size) * barWidth / p.size)
	fmt.Fprintf(p.w, "\r[%s%s] %3d%%  %d lines", strings.Repeat("#", done), strings.Repeat(".", barWidth-done),
		min(bytes, p.size)*100/p.size, lines)
}

// clear takes the bar away before something else is written.
func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
