# Cases for tests/outline/run: each function comes more than once, so that there is something to gain.
	.text
	.globl	plain1
	.type	plain1, @function
plain1:
	subq	$264, %rsp
	leaq	256(%rsp), %rdi
	movl	$305419896, %esi
	call	abort
	movl	$1, 4(%rsp)
	movq	%rsp, %rdi
	movl	$591751049, %esi
	movabsq	$81985529216486895, %rdx
	call	exit
	movl	$1, %eax
	addq	$264, %rsp
	ret
	.size	plain1, .-plain1
	.globl	plain2
	.type	plain2, @function
plain2:
	subq	$264, %rsp
	leaq	256(%rsp), %rdi
	movl	$305419896, %esi
	call	abort
	movl	$2, 4(%rsp)
	movq	%rsp, %rdi
	movl	$591751049, %esi
	movabsq	$81985529216486895, %rdx
	call	exit
	movl	$2, %eax
	addq	$264, %rsp
	ret
	.size	plain2, .-plain2
	.globl	plain3
	.type	plain3, @function
plain3:
	subq	$264, %rsp
	leaq	256(%rsp), %rdi
	movl	$305419896, %esi
	call	abort
	movl	$3, 4(%rsp)
	movq	%rsp, %rdi
	movl	$591751049, %esi
	movabsq	$81985529216486895, %rdx
	call	exit
	movl	$3, %eax
	addq	$264, %rsp
	ret
	.size	plain3, .-plain3
	.globl	plain4
	.type	plain4, @function
plain4:
	subq	$264, %rsp
	leaq	256(%rsp), %rdi
	movl	$305419896, %esi
	call	abort
	movl	$4, 4(%rsp)
	movq	%rsp, %rdi
	movl	$591751049, %esi
	movabsq	$81985529216486895, %rdx
	call	exit
	movl	$4, %eax
	addq	$264, %rsp
	ret
	.size	plain4, .-plain4
	.globl	assembly1
	.type	assembly1, @function
assembly1:
#APP
	movabsq	$1311768467463790320, %rax
	movabsq	$1311768467463790321, %rcx
#NO_APP
	movl	$11, %eax
	ret
	.size	assembly1, .-assembly1
	.globl	assembly2
	.type	assembly2, @function
assembly2:
#APP
	movabsq	$1311768467463790320, %rax
	movabsq	$1311768467463790321, %rcx
#NO_APP
	movl	$21, %eax
	ret
	.size	assembly2, .-assembly2
	.globl	assembly3
	.type	assembly3, @function
assembly3:
#APP
	movabsq	$1311768467463790320, %rax
	movabsq	$1311768467463790321, %rcx
#NO_APP
	movl	$31, %eax
	ret
	.size	assembly3, .-assembly3
	.globl	assembly4
	.type	assembly4, @function
assembly4:
#APP
	movabsq	$1311768467463790320, %rax
	movabsq	$1311768467463790321, %rcx
#NO_APP
	movl	$41, %eax
	ret
	.size	assembly4, .-assembly4
	.globl	unbalanced1
	.type	unbalanced1, @function
unbalanced1:
	movl	$12, %eax
	pushq	$1193046
	pushq	$1193047
	movl	$12, %edx
	popq	%rcx
	popq	%rcx
	movl	$12, %eax
	ret
	.size	unbalanced1, .-unbalanced1
	.globl	unbalanced2
	.type	unbalanced2, @function
unbalanced2:
	movl	$22, %eax
	pushq	$1193046
	pushq	$1193047
	movl	$22, %edx
	popq	%rcx
	popq	%rcx
	movl	$22, %eax
	ret
	.size	unbalanced2, .-unbalanced2
	.globl	unbalanced3
	.type	unbalanced3, @function
unbalanced3:
	movl	$32, %eax
	pushq	$1193046
	pushq	$1193047
	movl	$32, %edx
	popq	%rcx
	popq	%rcx
	movl	$32, %eax
	ret
	.size	unbalanced3, .-unbalanced3
	.globl	unbalanced4
	.type	unbalanced4, @function
unbalanced4:
	movl	$42, %eax
	pushq	$1193046
	pushq	$1193047
	movl	$42, %edx
	popq	%rcx
	popq	%rcx
	movl	$42, %eax
	ret
	.size	unbalanced4, .-unbalanced4
	.globl	pushed1
	.type	pushed1, @function
pushed1:
	movl	$13, %eax
	pushq	$7654321
	movq	(%rsp), %rcx
	popq	%rdx
	movl	$13, %eax
	ret
	.size	pushed1, .-pushed1
	.globl	pushed2
	.type	pushed2, @function
pushed2:
	movl	$23, %eax
	pushq	$7654321
	movq	(%rsp), %rcx
	popq	%rdx
	movl	$23, %eax
	ret
	.size	pushed2, .-pushed2
	.globl	pushed3
	.type	pushed3, @function
pushed3:
	movl	$33, %eax
	pushq	$7654321
	movq	(%rsp), %rcx
	popq	%rdx
	movl	$33, %eax
	ret
	.size	pushed3, .-pushed3
	.globl	pushed4
	.type	pushed4, @function
pushed4:
	movl	$43, %eax
	pushq	$7654321
	movq	(%rsp), %rcx
	popq	%rdx
	movl	$43, %eax
	ret
	.size	pushed4, .-pushed4
	.globl	below1
	.type	below1, @function
below1:
	movl	$14, %eax
	movq	$1234567, -64(%rsp)
	movl	$14, %eax
	ret
	.size	below1, .-below1
	.globl	below2
	.type	below2, @function
below2:
	movl	$24, %eax
	movq	$1234567, -64(%rsp)
	movl	$24, %eax
	ret
	.size	below2, .-below2
	.globl	below3
	.type	below3, @function
below3:
	movl	$34, %eax
	movq	$1234567, -64(%rsp)
	movl	$34, %eax
	ret
	.size	below3, .-below3
	.globl	below4
	.type	below4, @function
below4:
	movl	$44, %eax
	movq	$1234567, -64(%rsp)
	movl	$44, %eax
	ret
	.size	below4, .-below4
	.globl	moved1
	.type	moved1, @function
moved1:
	movl	$15, %eax
	subq	$4096, %rsp
	movl	$15, %eax
	addq	$4096, %rsp
	movl	$15, %eax
	ret
	.size	moved1, .-moved1
	.globl	moved2
	.type	moved2, @function
moved2:
	movl	$25, %eax
	subq	$4096, %rsp
	movl	$25, %eax
	addq	$4096, %rsp
	movl	$25, %eax
	ret
	.size	moved2, .-moved2
	.globl	moved3
	.type	moved3, @function
moved3:
	movl	$35, %eax
	subq	$4096, %rsp
	movl	$35, %eax
	addq	$4096, %rsp
	movl	$35, %eax
	ret
	.size	moved3, .-moved3
	.globl	moved4
	.type	moved4, @function
moved4:
	movl	$45, %eax
	subq	$4096, %rsp
	movl	$45, %eax
	addq	$4096, %rsp
	movl	$45, %eax
	ret
	.size	moved4, .-moved4
	.globl	end1
	.type	end1, @function
end1:
	movl	$16, %ecx
	movabsq	$1147797409030816545, %rax
	imulq	%rcx, %rax
	ret
	.size	end1, .-end1
	.globl	end2
	.type	end2, @function
end2:
	movl	$26, %ecx
	movabsq	$1147797409030816545, %rax
	imulq	%rcx, %rax
	ret
	.size	end2, .-end2
	.section	.note.GNU-stack,"",@progbits
