// Lists: rings through the elements, with the head as one of them.

#include "api.hpp"

namespace {

/// Puts `element` between `before` and what follows it.
void insertAfter(dm_list* before, dm_list* element) noexcept {
  element->n = before->n;
  element->p = before;
  before->n->p = element;
  before->n = element;
}

void detach(const dm_list* element) noexcept {
  element->n->p = element->p;
  element->p->n = element->n;
}

}  // namespace

void dm_list_init(dm_list* head) { head->n = head->p = head; }

void dm_list_add(dm_list* head, dm_list* element) { insertAfter(head->p, element); }

void dm_list_add_h(dm_list* head, dm_list* element) { insertAfter(head, element); }

void dm_list_del(dm_list* element) { detach(element); }

void dm_list_move(dm_list* head, dm_list* element) {
  detach(element);
  insertAfter(head->p, element);
}

void dm_list_splice(dm_list* head, dm_list* other) {
  if (other->n == other) return;
  other->n->p = head->p;
  head->p->n = other->n;
  other->p->n = head;
  head->p = other->p;
  other->n = other->p = other;
}

int dm_list_empty(const dm_list* head) { return head->n == head ? 1 : 0; }

unsigned int dm_list_size(const dm_list* head) {
  unsigned int count = 0;
  for (const dm_list* element = head->n; element != head; element = element->n) ++count;
  return count;
}

int dm_list_start(const dm_list* head, const dm_list* element) {
  return element->p == head ? 1 : 0;
}

int dm_list_end(const dm_list* head, const dm_list* element) { return element->n == head ? 1 : 0; }

dm_list* dm_list_first(const dm_list* head) { return head->n == head ? nullptr : head->n; }

dm_list* dm_list_last(const dm_list* head) { return head->p == head ? nullptr : head->p; }

dm_list* dm_list_prev(const dm_list* head, const dm_list* element) {
  return element->p == head ? nullptr : element->p;
}

dm_list* dm_list_next(const dm_list* head, const dm_list* element) {
  return element->n == head ? nullptr : element->n;
}
