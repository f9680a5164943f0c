package rehearse

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"nurture/lang/check"
	"nurture/lang/compile"
)

// PlayAll plays tests of a compiled playbook, as many at once as there are processors. It calls played for each when it
// has been played, in any order but never twice at a time. When ctx ends, the tests that have not begun are left out and
// the error is that of ctx. What they exercise is counted in covered, which may be nil.
func PlayAll(ctx context.Context, p *compile.Program, tests []*check.Test, covered *Coverage, played func(i int, r Result)) error {
	var telling sync.Mutex
	tell := func(i int, r Result) {
		telling.Lock()
		defer telling.Unlock()
		played(i, r)
	}
	each(ctx, len(tests), func(i int) {
		began := time.Now()
		r := play(p, tests[i], covered)
		r.Took = time.Since(began)
		tell(i, r)
	})
	return ctx.Err()
}

// each does n things, as many at once as there are processors. Those that have not begun when ctx ends are left out.
func each(ctx context.Context, n int, do func(i int)) {
	var all sync.WaitGroup
	var next atomic.Int64
	var failed atomic.Value // a panic belongs to the caller, who may know what to do with it
	for range min(runtime.GOMAXPROCS(0), n) {
		all.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					failed.CompareAndSwap(nil, fmt.Sprintf("%v\n%s", r, debug.Stack()))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	if all.Wait(); failed.Load() != nil {
		panic(failed.Load())
	}
}
