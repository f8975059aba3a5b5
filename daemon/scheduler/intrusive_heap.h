// IntrusiveHeap: a pairing heap whose links lie in the items, so that it never allocates. Push is O(1), Pop and Remove
// O(log n) amortized.
//
// `Order` has static HeapLinks<T>& Links(T&) and static bool Before(const T&, const T&). An item is in at most one heap
// at a time by the same links, and what Before reads does not change meanwhile. Thread rule: one thread at a time.
#pragma once

#include <utility>

namespace tfld::daemon {

template <typename T>
struct HeapLinks {
  T* child = nullptr;     // the first
  T* next = nullptr;      // sibling
  T* previous = nullptr;  // sibling, or the parent of a first child
};

template <typename T, typename Order>
class IntrusiveHeap {
 public:
  T* top() const { return root_; }
  bool empty() const { return root_ == nullptr; }

  void Push(T& item) {
    Order::Links(item) = {};
    root_ = root_ == nullptr ? &item : Meld(root_, &item);
  }

  T* Pop() {
    T* top = root_;
    if (top != nullptr) root_ = MeldAll(Order::Links(*top).child);
    return top;
  }

  void Remove(T& item) {
    if (&item == root_) {
      Pop();
      return;
    }
    HeapLinks<T>& links = Order::Links(item);
    HeapLinks<T>& previous = Order::Links(*links.previous);
    (previous.child == &item ? previous.child : previous.next) = links.next;
    if (links.next != nullptr) Order::Links(*links.next).previous = links.previous;
    if (T* rest = MeldAll(links.child)) root_ = Meld(root_, rest);
  }

  // Calls `visit` with every item that is before `bound`; looks at few others.
  template <typename Visit>
  void ForEachBefore(const T& bound, const Visit& visit) const {
    T* item = root_;
    while (item != nullptr) {
      const bool before = Order::Before(*item, bound);
      if (before) visit(*item);
      item = before && Order::Links(*item).child != nullptr ? Order::Links(*item).child : NextUp(item);
    }
  }

 private:
  // Both are roots; the result is one of them.
  static T* Meld(T* a, T* b) {
    if (Order::Before(*b, *a)) std::swap(a, b);
    HeapLinks<T>& winner = Order::Links(*a);
    HeapLinks<T>& loser = Order::Links(*b);
    loser.next = winner.child;
    loser.previous = a;
    if (winner.child != nullptr) Order::Links(*winner.child).previous = b;
    winner.child = b;
    winner.next = winner.previous = nullptr;
    return a;
  }

  // One root of a list of siblings: neighbours in pairs, then the pairs from the last to the first.
  static T* MeldAll(T* first) {
    T* pairs = nullptr;
    while (first != nullptr) {
      T* a = first;
      T* b = Order::Links(*a).next;
      first = b == nullptr ? nullptr : Order::Links(*b).next;
      if (b != nullptr) a = Meld(a, b);
      Order::Links(*a).next = pairs;
      pairs = a;
    }
    T* root = nullptr;
    while (pairs != nullptr) {
      T* next = Order::Links(*pairs).next;
      Order::Links(*pairs).next = Order::Links(*pairs).previous = nullptr;
      root = root == nullptr ? pairs : Meld(root, pairs);
      pairs = next;
    }
    return root;
  }

  // The next item that is no descendant, in preorder.
  static T* NextUp(T* item) {
    while (item != nullptr && Order::Links(*item).next == nullptr) item = Parent(item);
    return item == nullptr ? nullptr : Order::Links(*item).next;
  }

  static T* Parent(T* item) {
    T* previous = Order::Links(*item).previous;
    while (previous != nullptr && Order::Links(*previous).child != item) {
      item = previous;
      previous = Order::Links(*item).previous;
    }
    return previous;
  }

  T* root_ = nullptr;
};

}  // namespace tfld::daemon
