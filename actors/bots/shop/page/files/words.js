// What the page says, in Russian and English, and how either writes numbers.

const RU = {
  shop: "Магазин",
  cart: "Корзина",
  orders: "Мои заказы",
  ordersShort: "Заказы",
  demoLabel: "Демо",
  otherLanguage: "EN",
  switchLanguage: "Switch to English",
  demo: (id) => `Демо: вы посетитель ${id}`,
  demoOther: "Сменить",
  search: "Найти товар",
  all: "Всё",
  categories: "Разделы",
  found: (count) => `${count} ${plural(count, "товар", "товара", "товаров")}`,
  nothingFound: (text) => `По запросу «${text}» ничего не нашлось`,
  nothingFoundHint: "Попробуйте другое слово или загляните во все разделы.",
  showAll: "Показать всё",
  nothingOnSale: "Пока здесь пусто",
  nothingOnSaleHint: "Скоро появятся товары. Загляните чуть позже!",
  add: "В корзину",
  addOne: (title) => `Добавить в корзину: ${title}`,
  more: (title) => `Ещё один: ${title}`,
  less: (title) => `На один меньше: ${title}`,
  soldOut: "Нет в наличии",
  left: (count) => `Осталось ${count}`,
  delivery: "Выдаём сразу после оплаты, в чат и на эту страницу.",
  from: (count, share) => `от ${count} шт. ${share}`,
  discounts: "Скидки",
  fromEach: (count) => (count === 1 ? "за штуку" : `за штуку от ${count} шт.`),
  close: "Закрыть",
  goToCart: (count) => `Корзина · ${count} шт.`,
  manyLines: (count) => `В корзине может быть не больше ${count} разных товаров.`,
  manyOfOne: (count) => `Не больше ${count} шт. одного товара в заказе.`,
  emptyCart: "В корзине пока пусто",
  emptyCartHint: "Выберите что-нибудь в каталоге, и оно появится здесь.",
  toCatalogue: "В каталог",
  remove: (title) => `Убрать из корзины: ${title}`,
  gone: "Больше не продаётся",
  otherCurrency: "Цена в другой валюте: оформите отдельным заказом",
  onlyLeft: (count) => (count ? `Осталось только ${count}` : "Только что закончилось"),
  take: (count) => `Взять ${count}`,
  drop: "Убрать",
  each: (price) => `${price} за штуку`,
  promo: "Промокод",
  promoApply: "Применить",
  promoRemove: "Убрать промокод",
  promoSays: {
    works: () => "Промокод применён.",
    other_goods: () => "Промокод действует, но на другие товары.",
    more_needed: (count) => `Промокод сработает при покупке от ${count} шт. одного товара.`,
    better_already: () => "Промокод не нужен: сейчас скидка и так не меньше.",
    unknown: () => "Такого промокода у нас нет. Проверьте, нет ли опечатки.",
    not_yet: () => "Промокод ещё не начал действовать.",
    used_up: () => "Промокод уже использован максимальное число раз.",
    over: () => "Срок промокода истёк.",
  },
  balance: (money) => `Списать с баланса: ${money}`,
  contact: "Почта или телефон для чека",
  contactHint: "Необязательно. Товары придут в чат и на эту страницу.",
  sum: "Сумма",
  discount: "Скидка",
  fromBalance: "С баланса",
  total: "Итого",
  toPay: "К оплате",
  order: (money) => `Оформить · ${money}`,
  orderFree: "Оформить за счёт баланса",
  counting: "Считаем…",
  ordering: "Оформляем…",
  orderNumber: (number) => `Заказ № ${number}`,
  noOrders: "Заказов пока нет",
  noOrdersHint: "Здесь появятся ваши заказы и купленные коды.",
  items: (count) => `${count} шт.`,
  story: {
    awaiting_payment: "Товары отложены для вас. Оплатите, и вы сразу их получите.",
    paid: "Спасибо! Оплата пришла, достаём ваши товары…",
    delivered: "Спасибо за покупку! Всё ваше: здесь и в чате с ботом.",
    expired: "Время на оплату вышло, и товары снова в продаже. Если вы всё же успели заплатить, деньги не пропадут: вы получите покупку или возврат.",
    canceled: "Заказ отменён, товары снова в продаже.",
    refunding: "Деньги уже в пути. Обычно это занимает несколько минут, иногда несколько дней: зависит от банка.",
    refunded: "Деньги вернулись. Будем рады видеть вас снова!",
  },
  timeIsUp: "Время на оплату вышло. Проверяем, не пришла ли оплата…",
  held: (time) => `Товары отложены для вас ещё на ${time}`,
  howToPay: "Как оплатить",
  testPayment: "тестовая оплата, деньги не спишутся",
  byHand: "Мы напишем вам в чат с ботом, чтобы договориться об оплате.",
  pay: (money) => `Оплатить ${money}`,
  openingPay: "Открываем оплату…",
  watching: "Оплатили? Страница обновится сама.",
  payAgain: "Открыть страницу оплаты ещё раз",
  cancel: "Отменить заказ",
  cancelSure: "Отменить заказ? Товары вернутся в продажу.",
  yesCancel: "Да, отменить",
  keep: "Нет, оставить",
  again: "Заказать снова",
  againDone: "Товары снова в корзине.",
  complaint: "Проблема с заказом",
  complaintBegin: "⚠️ Проблема с заказом",
  complaintMore: "Написать ещё",
  complaintAsk: "Что не так? Владелец магазина увидит это вместе с заказом и ответит здесь и в чате с ботом.",
  complaintSend: "Отправить",
  complaintLeave: "Не нужно",
  complaintSent: "Передали владельцу магазина.",
  complaintWaits: "Магазин уже знает и скоро ответит: здесь и в чате с ботом.",
  byYou: "Вы",
  byShop: "Магазин",
  dead: "Заменено",
  goods: "Ваши товары",
  copy: "Скопировать",
  copied: "Скопировано",
  copyFailed: "Не получилось скопировать: выделите код вручную.",
  open: "Открыть",
  download: "Скачать",
  fileInChat: "Файл уже в чате с ботом.",
  goodsInChat: "Ваши товары в чате с ботом.",
  promoOfOrder: (code) => `Промокод ${code}`,
  lost: "Нет связи с магазином. Пробуем снова…",
  retry: "Повторить",
  closeShop: "Закрыть магазин",
  back: "Назад",
  failed: "Не получилось",
  outside: "Магазин открывается в Telegram",
  outsideHint: "Откройте чат с ботом и нажмите кнопку магазина.",
  outsidePaid: (number) => `Заказ № ${number}: проверяем оплату`,
  outsidePaidHint: "Если вы оплатили, товары придут в чат с ботом в Telegram. Эту страницу можно закрыть.",
  toChat: "Открыть чат",
  terms: "Условия продажи",
  privacy: "Ваши данные",
  policyInChat: "Удалить свои данные и отключить новости можно в чате с ботом: /privacy и /settings.",
  byOrdering: "Оформляя заказ, вы принимаете условия продажи.",
};

const EN = {
  shop: "Shop",
  cart: "Cart",
  orders: "My orders",
  ordersShort: "Orders",
  demoLabel: "Demo",
  otherLanguage: "RU",
  switchLanguage: "Перейти на русский",
  demo: (id) => `Demo: you are visitor ${id}`,
  demoOther: "Switch customer",
  search: "Find a product",
  all: "All",
  categories: "Categories",
  found: (count) => `${count} ${count === 1 ? "product" : "products"}`,
  nothingFound: (text) => `Nothing found for “${text}”`,
  nothingFoundHint: "Try another word, or have a look at all categories.",
  showAll: "Show everything",
  nothingOnSale: "Nothing here yet",
  nothingOnSaleHint: "New products are on their way. Please come back a little later!",
  add: "Add to cart",
  addOne: (title) => `Add to cart: ${title}`,
  more: (title) => `One more: ${title}`,
  less: (title) => `One less: ${title}`,
  soldOut: "Sold out",
  left: (count) => `${count} left`,
  delivery: "Yours right after payment, in the chat and on this page.",
  from: (count, share) => `${count} or more ${share}`,
  discounts: "Discounts",
  fromEach: (count) => (count === 1 ? "each" : `each, ${count} or more`),
  close: "Close",
  goToCart: (count) => `Cart · ${count} ${count === 1 ? "item" : "items"}`,
  manyLines: (count) => `A cart holds at most ${count} different products.`,
  manyOfOne: (count) => `At most ${count} of one product per order.`,
  emptyCart: "Your cart is empty",
  emptyCartHint: "Choose something in the catalogue, and you will find it here.",
  toCatalogue: "To the catalogue",
  remove: (title) => `Remove from the cart: ${title}`,
  gone: "No longer sold",
  otherCurrency: "Priced in another currency: please order it separately",
  onlyLeft: (count) => (count ? `Only ${count} left` : "Just sold out"),
  take: (count) => `Take ${count}`,
  drop: "Remove",
  each: (price) => `${price} each`,
  promo: "Promo code",
  promoApply: "Apply",
  promoRemove: "Remove the promo code",
  promoSays: {
    works: () => "The promo code is applied.",
    other_goods: () => "The promo code is valid, but for other goods.",
    more_needed: (count) => `The promo code works if you buy ${count} or more of one product.`,
    better_already: () => "You do not need the promo code: your discount is already as good.",
    unknown: () => "There is no such promo code. Please check the spelling.",
    not_yet: () => "The promo code is not valid yet.",
    used_up: () => "The promo code has been used up.",
    over: () => "The promo code has expired.",
  },
  balance: (money) => `Pay with your balance: ${money}`,
  contact: "E-mail or phone for the receipt",
  contactHint: "Optional. Your goods arrive in the chat and on this page.",
  sum: "Subtotal",
  discount: "Discount",
  fromBalance: "From your balance",
  total: "Total",
  toPay: "To pay",
  order: (money) => `Place the order · ${money}`,
  orderFree: "Order with your balance",
  counting: "Calculating…",
  ordering: "Placing the order…",
  orderNumber: (number) => `Order ${number}`,
  noOrders: "No orders yet",
  noOrdersHint: "Your orders and the codes you buy will be here.",
  items: (count) => `${count} ${count === 1 ? "item" : "items"}`,
  story: {
    awaiting_payment: "The goods are reserved for you. Pay, and they are yours at once.",
    paid: "Thank you! Your payment has arrived, and your goods are on their way…",
    delivered: "Thank you for your purchase! It is all yours: here and in the chat with the bot.",
    expired: "The time to pay is over, and the goods are on sale again. If you did pay, your money is safe: you will get the goods or a refund.",
    canceled: "The order is cancelled, and the goods are on sale again.",
    refunding: "Your money is on its way. It usually takes minutes, sometimes a few days: that depends on your bank.",
    refunded: "Your money has been returned. We would be glad to see you again!",
  },
  timeIsUp: "The time to pay is over. Checking whether a payment has arrived…",
  held: (time) => `Reserved for you for another ${time}`,
  howToPay: "How to pay",
  testPayment: "a test payment, no money will be charged",
  byHand: "We will write to you in the chat with the bot about payment.",
  pay: (money) => `Pay ${money}`,
  openingPay: "Opening the payment…",
  watching: "Already paid? This page updates by itself.",
  payAgain: "Open the payment page again",
  cancel: "Cancel the order",
  cancelSure: "Cancel the order? The goods will be on sale again.",
  yesCancel: "Yes, cancel it",
  keep: "No, keep it",
  again: "Order again",
  againDone: "The goods are in your cart again.",
  complaint: "A problem with this order",
  complaintBegin: "⚠️ Problem with this order",
  complaintMore: "Write again",
  complaintAsk: "What is wrong? The owner of the shop will see it together with the order, and answer here and in the chat.",
  complaintSend: "Send",
  complaintLeave: "Never mind",
  complaintSent: "The owner of the shop has it.",
  complaintWaits: "The shop knows about it and will answer soon: here and in the chat.",
  byYou: "You",
  byShop: "The shop",
  dead: "Replaced",
  goods: "Your goods",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Could not copy: please select the code by hand.",
  open: "Open",
  download: "Download",
  fileInChat: "The file is in the chat with the bot.",
  goodsInChat: "Your goods are in the chat with the bot.",
  promoOfOrder: (code) => `Promo code ${code}`,
  lost: "No connection to the shop. Trying again…",
  retry: "Try again",
  closeShop: "Close the shop",
  back: "Back",
  failed: "Something went wrong",
  outside: "The shop opens in Telegram",
  outsideHint: "Open the chat with the bot and press the shop button.",
  outsidePaid: (number) => `Order ${number}: checking the payment`,
  outsidePaidHint: "If you have paid, your goods arrive in the chat with the bot in Telegram. You can close this page.",
  toChat: "Open the chat",
  terms: "Terms of sale",
  privacy: "Your data",
  policyInChat: "To delete your data or do without news, write /privacy or /settings in the chat with the bot.",
  byOrdering: "By ordering you accept the terms of sale.",
};

export const WORDS = { ru: RU, en: EN };

let language = "en";
let digits = {};

/** Speak a language from now on; `currencies` says how many digits of each are cents. */
export function speak(chosen, currencies = digits) {
  language = chosen === "ru" ? "ru" : "en";
  digits = currencies;
  document.documentElement.lang = language;
}

export const speaks = () => language;

/** The words for something; some take numbers or names. */
export function t(name, ...values) {
  const words = WORDS[language][name];
  return typeof words === "function" ? words(...values) : words;
}

function plural(count, one, few, many) {
  const [tens, ones] = [Math.floor(count / 10) % 10, count % 10];
  if (tens === 1 || ones === 0 || ones >= 5) return many;
  return ones === 1 ? one : few;
}

const locale = () => (language === "ru" ? "ru-RU" : "en-US");

/** Write an amount of minor units as the language does; cents only where there are any. */
export function money(minor, currency) {
  const places = digits[currency] ?? 2;
  const shown = minor % 10 ** places ? places : 0;
  return new Intl.NumberFormat(locale(), {
    style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: shown, maximumFractionDigits: shown,
  }).format(minor / 10 ** places).replace("-", "−");
}

/** A share of a hundred as the language writes it: `10 %`, `10%`; less than nothing with a minus. */
export const percent = (share) => `${share < 0 ? "−" : ""}${Math.abs(share)}${language === "ru" ? "\u00a0" : ""}%`;

/** A moment where the customer is, to the minute: `31.12.2026, 14:05`, `31 December 2026, 14:05`. */
export function day(moment) {
  const [at, long] = [new Date(moment), language === "en"];
  const date = at.toLocaleDateString(long ? "en-GB" : "ru-RU", { day: long ? "numeric" : "2-digit", month: long ? "long" : "2-digit", year: "numeric" });
  return `${date}, ${at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

/** Seconds as a countdown: 14:05, 1:02:00. */
export function countdown(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
