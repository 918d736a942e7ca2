// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * A driver that takes kernel memory at a rate and gives nothing back, not even when it is unloaded.
 *   way=request   objects of an own slab cache xfer_request      (SUnreclaim, slabinfo)
 *   way=generic   kmalloc(bytes)                                 (SUnreclaim, kmalloc-N; above 8 kB no cache)
 *   way=ring      vmalloc areas of `bytes`                       (VmallocUsed, vmallocinfo xfer_ring_map)
 *   way=page      pages from the allocator                       (no line of meminfo)
 *   way=sieve     pages up to max_kb at once, of which every eighth is kept: the free ones lie in pieces (buddyinfo)
 */
#include <linux/err.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static char *way = "request";
module_param(way, charp, 0444);
static int bytes = 512;
module_param(bytes, int, 0444);
static int rate_kb = 1024;
module_param(rate_kb, int, 0644);
static ulong max_kb;
module_param(max_kb, ulong, 0644);
static ulong taken_kb;
module_param(taken_kb, ulong, 0444);

static struct kmem_cache *requests;
static struct task_struct *worker;

/* a cache with a constructor is not merged with others of its size */
static void xfer_request_init(void *object)
{
	memset(object, 0, bytes);
}

/* barrier(): no tail call, so that the function stands in the records of the kernel */
static noinline void *xfer_request_alloc(void)
{
	void *object = requests ? kmem_cache_alloc(requests, GFP_KERNEL) : kmalloc(bytes, GFP_KERNEL);

	barrier();
	return object;
}

static noinline void *xfer_ring_map(void)
{
	void *area = vmalloc(bytes);

	barrier();
	return area;
}

static noinline void *xfer_page_get(void)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, get_order(bytes));

	barrier();
	return page ? page_address(page) : NULL;
}

/* what is kept lies between what is given back, and cannot be moved */
static void xfer_sieve(void)
{
	struct page **pages = vmalloc((max_kb / 4) * sizeof(*pages));
	ulong n = 0, i;

	if (!pages)
		return;
	while (n < max_kb / 4) {
		pages[n] = alloc_pages(GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY, 0);
		if (!pages[n])
			break;
		n++;
	}
	for (i = 0; i < n; i++)
		if (page_to_pfn(pages[i]) % 8)
			__free_pages(pages[i], 0);
	vfree(pages);
}

static int xfer_work(void *unused)
{
	void *(*take)(void) = xfer_request_alloc;
	ktime_t start = ktime_get();
	u64 taken = 0;

	if (!strcmp(way, "ring"))
		take = xfer_ring_map;
	if (!strcmp(way, "page"))
		take = xfer_page_get;
	if (!strcmp(way, "sieve")) {
		xfer_sieve();
		while (!kthread_should_stop())
			msleep_interruptible(100);
		return 0;
	}
	while (!kthread_should_stop()) {
		u64 due = (u64)rate_kb * ktime_to_ms(ktime_sub(ktime_get(), start)) * 1024 / 1000;

		while (taken + bytes <= due && (!max_kb || taken < (u64)max_kb * 1024)) {
			void *piece = take();

			if (!piece)
				break;
			memset(piece, 0x6b, bytes);
			taken += bytes;
		}
		taken_kb = taken >> 10;
		msleep_interruptible(100);
	}
	return 0;
}

static int __init xfer_init(void)
{
	if (!strcmp(way, "request")) {
		requests = kmem_cache_create("xfer_request", bytes, 0, 0, xfer_request_init);
		if (!requests)
			return -ENOMEM;
	}
	worker = kthread_run(xfer_work, NULL, "xfer_worker");
	return PTR_ERR_OR_ZERO(worker);
}

static void __exit xfer_exit(void)
{
	kthread_stop(worker);
}

module_init(xfer_init);
module_exit(xfer_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("takes kernel memory on purpose, for recordings");
