// Lists of the C interface. Expected values are what libdevmapper 1.02.185 gives.

#include <libdevmapper.h>

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace {

struct Item {
  int value;
  dm_list other;
  dm_list list;
};

class Items {
 public:
  explicit Items(std::initializer_list<int> values) {
    dm_list_init(&head);
    items_.reserve(values.size());
    for (const int value : values) {
      items_.push_back({value, {}, {}});
      dm_list_add(&head, &items_.back().list);
    }
  }
  [[nodiscard]] std::vector<int> values() const {
    std::vector<int> found;
    const Item* item = nullptr;
    dm_list_iterate_items(item, &head) found.push_back(item->value);
    return found;
  }
  dm_list* element(std::size_t index) { return &items_[index].list; }

  dm_list head;

 private:
  std::vector<Item> items_;
};

using Values = std::vector<int>;

}  // namespace

TEST_CASE("an empty list has no first and no last element") {
  dm_list head;
  dm_list_init(&head);
  CHECK(head.n == &head);
  CHECK(head.p == &head);
  CHECK(dm_list_empty(&head) == 1);
  CHECK(dm_list_size(&head) == 0);
  CHECK(dm_list_first(&head) == nullptr);
  CHECK(dm_list_last(&head) == nullptr);
  CHECK(dm_list_next(&head, &head) == nullptr);
  CHECK(dm_list_prev(&head, &head) == nullptr);
  DM_LIST_INIT(defined);
  CHECK(dm_list_empty(&defined) == 1);
}

TEST_CASE("elements are added at the end, or at the start") {
  Items items{1, 2};
  Item first{0, {}, {}};
  dm_list_add_h(&items.head, &first.list);
  CHECK(items.values() == Values{0, 1, 2});
  CHECK(dm_list_size(&items.head) == 3);
  CHECK(dm_list_empty(&items.head) == 0);
  CHECK(dm_list_first(&items.head) == &first.list);
  CHECK(dm_list_last(&items.head) == items.element(1));
}

TEST_CASE("an element knows its neighbours and whether it is at an end") {
  Items items{1, 2, 3};
  CHECK(dm_list_next(&items.head, items.element(0)) == items.element(1));
  CHECK(dm_list_next(&items.head, items.element(2)) == nullptr);
  CHECK(dm_list_prev(&items.head, items.element(2)) == items.element(1));
  CHECK(dm_list_prev(&items.head, items.element(0)) == nullptr);
  CHECK(dm_list_start(&items.head, items.element(0)) == 1);
  CHECK(dm_list_start(&items.head, items.element(1)) == 0);
  CHECK(dm_list_end(&items.head, items.element(2)) == 1);
  CHECK(dm_list_end(&items.head, items.element(1)) == 0);
}

TEST_CASE("a deleted element still points to its neighbours") {
  Items items{1, 2, 3};
  dm_list_del(items.element(1));
  CHECK(items.values() == Values{1, 3});
  CHECK(items.element(1)->n == items.element(2));
  CHECK(items.element(1)->p == items.element(0));
}

TEST_CASE("an element moves to the end of another list, or of the same list") {
  Items from{1, 2, 3};
  Items to{4};
  dm_list_move(&to.head, from.element(1));
  CHECK(from.values() == Values{1, 3});
  CHECK(to.values() == Values{4, 2});
  dm_list_move(&from.head, from.element(0));
  CHECK(from.values() == Values{3, 1});
}

TEST_CASE("splice empties one list into another") {
  Items to{1, 2};
  Items from{3, 4};
  Items empty{};
  dm_list_splice(&to.head, &from.head);
  CHECK(to.values() == Values{1, 2, 3, 4});
  CHECK(dm_list_empty(&from.head) == 1);
  CHECK(dm_list_last(&to.head) == from.element(1));
  dm_list_splice(&to.head, &empty.head);
  CHECK(dm_list_size(&to.head) == 4);
  dm_list_splice(&empty.head, &to.head);
  CHECK(empty.values() == Values{1, 2, 3, 4});
  CHECK(dm_list_empty(&to.head) == 1);
}

TEST_CASE("loops go forwards, backwards, and over elements that the loop deletes") {
  Items items{1, 2, 3};
  Values seen;
  Item* item = nullptr;
  Item* next = nullptr;
  dm_list* element = nullptr;
  dm_list* after = nullptr;
  dm_list_iterate_back_items(item, &items.head) seen.push_back(item->value);
  dm_list_iterate(element, &items.head) seen.push_back(dm_list_item(element, Item)->value);
  dm_list_uniterate(element, &items.head, items.element(2))
      seen.push_back(dm_list_item(element, Item)->value);
  CHECK(seen == Values{3, 2, 1, 1, 2, 3, 2, 1});

  seen.clear();
  dm_list_iterate_items_safe(item, next, &items.head) {
    seen.push_back(item->value);
    dm_list_del(&item->list);
    *item = {};
  }
  CHECK(seen == Values{1, 2, 3});
  CHECK(dm_list_empty(&items.head) == 1);

  Items more{1, 2};
  dm_list_iterate_safe(element, after, &more.head) dm_list_del(element);
  CHECK(dm_list_empty(&more.head) == 1);
}

TEST_CASE("a structure may be on two lists, by different members") {
  Item items[] = {{1, {}, {}}, {2, {}, {}}};
  DM_LIST_INIT(head);
  for (Item& item : items) dm_list_add_h(&head, &item.other);
  Values seen;
  Item* item = nullptr;
  Item* next = nullptr;
  dm_list_iterate_items_gen(item, &head, other) seen.push_back(item->value);
  dm_list_iterate_back_items_gen(item, &head, other) seen.push_back(item->value);
  dm_list_iterate_items_gen_safe(item, next, &head, other) seen.push_back(item->value);
  CHECK(seen == Values{2, 1, 1, 2, 2, 1});
  CHECK(dm_list_struct_base(&items[1].other, Item, other) == &items[1]);
  CHECK(&dm_struct_field(&items[1].other, Item, other, value) == &items[1].value);
  CHECK(&dm_list_head(&items[1].other, Item, other) == &items[1].list);
}
