import type { Texts } from "../en/index.ts"

export const keys: Texts["keys"] = {
  title: "المفاتيح",
  show: "عرض كل المفاتيح",
  or: "أو",
  goToField: "اسم أو صفحة",
  nowhere: "لا شيء بهذا الاسم.",
  single: "يفتح «؟» هذه القائمة، خارج الحقول",
  caps: { Space: "المسافة", Ctrl: "Ctrl", Alt: "Alt", Shift: "Shift", Enter: "Enter", Esc: "Esc", Home: "Home", End: "End", Del: "Del" },
  groups: { everywhere: "في كل مكان", writing: "عند الكتابة", reading: "بين الرسائل" },
  names: {
    help: "هذه القائمة",
    goTo: "الانتقال إلى",
    search: "البحث، في المحادثة المفتوحة أو في كل مكان",
    newContact: "جهة اتصال جديدة",
    previous: "المحادثة السابقة",
    next: "المحادثة التالية",
    back: "رجوع أو إغلاق",
    send: "إرسال",
    line: "سطر جديد",
    editLast: "في حقل فارغ: تعديل آخر رسالة لك",
    drop: "إلغاء الرد أو التعديل",
    messages: "من رسالة إلى رسالة",
    details: "طريق الرسالة",
    pick: "تحديد الرسالة",
    reply: "الرد عليها",
    edit: "تعديلها إن كانت رسالتك",
    react: "التفاعل معها",
    remove: "حذفها",
  },
}

export const help: Texts["help"] = {
  title: "المساعدة",
  open: "أسئلة وأجوبة",
}
