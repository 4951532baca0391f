package bot

import (
	"context"
	"fmt"
	"sync"
)

// queue is a bounded pool of workers that keeps the jobs of one lane (a person)
// in order: a lane's next job starts when its last one has ended. Lanes take
// turns. Nothing runs while there is nothing to do.
type queue struct {
	workers int // jobs at the same time
	perLane int // jobs of one lane that wait or run
	total   int // jobs that wait or run
	report  func(lane string, panicked any)

	mu      sync.Mutex
	lanes   map[string][]func() // the first of each runs or is in ready
	ready   []string            // lanes whose first job may start
	jobs    int
	running int
	closed  bool
	idle    sync.WaitGroup // the workers
}

// newQueue returns a queue; report is told of jobs that panic.
func newQueue(workers, perLane, total int, report func(string, any)) *queue {
	return &queue{workers: workers, perLane: perLane, total: total, report: report, lanes: map[string][]func(){}}
}

// Do puts a job at the end of a lane. False means that there is no room, in the
// lane or at all, or that the queue has been closed: the job will not run, and
// whoever asked is told to try again.
func (q *queue) Do(lane string, job func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.jobs >= q.total || len(q.lanes[lane]) >= q.perLane {
		return false
	}
	q.lanes[lane] = append(q.lanes[lane], job)
	q.jobs++
	if len(q.lanes[lane]) == 1 {
		q.ready = append(q.ready, lane)
	}
	if q.running < q.workers && len(q.ready) > 0 {
		q.running++
		q.idle.Go(q.work)
	}
	return true
}

// work runs jobs until none is ready.
func (q *queue) work() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) > 0 {
		lane := q.ready[0]
		q.ready = q.ready[1:]
		job := q.lanes[lane][0]
		q.mu.Unlock()
		q.run(lane, job)
		q.mu.Lock()
		q.jobs--
		if q.lanes[lane] = q.lanes[lane][1:]; len(q.lanes[lane]) > 0 {
			q.ready = append(q.ready, lane)
		} else {
			delete(q.lanes, lane)
		}
	}
	q.running--
}

// run keeps a job that panics from taking the program with it.
func (q *queue) run(lane string, job func()) {
	defer func() {
		if p := recover(); p != nil {
			q.report(lane, p)
		}
	}()
	job()
}

// Drain takes no more jobs and waits until those that are in have ended, or for
// the end of ctx.
func (q *queue) Drain(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	done := make(chan struct{})
	go func() {
		q.idle.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		q.mu.Lock()
		defer q.mu.Unlock()
		return fmt.Errorf("%d jobs are still running: %w", q.jobs, ctx.Err())
	}
}
